import { join } from "node:path";

/** Where Debian's package `chromium` puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser to test with, or nothing where there is one. */
export function whyNoChromium(): string | undefined {
  try {
    Deno.statSync(CHROMIUM);
  } catch {
    return `no ${CHROMIUM}`;
  }
  return Deno.permissions.querySync({ name: "run", command: CHROMIUM }).state === "granted"
    ? undefined
    : `no --allow-run=${CHROMIUM}`;
}

/** Keys that are held, as the DevTools protocol counts them. */
const MODIFIERS = { none: 0, control: 2, shift: 8 } as const;

/** A window for {@linkcode Page.resize}. */
export interface Window {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

/** What Chromium sends: an answer to a call, or an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A page in headless Chromium, driven by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */
export class Page implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  #loaded = Promise.withResolvers<void>();
  #calls = 0;
  #killed = false;
  /** Errors and warnings of the console, exceptions, and what the content security policy refused. */
  readonly complaints: string[] = [];

  private constructor(process: Deno.ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)));
  }

  /**
   * Starts Chromium with a profile in a folder of its own below `folder`. It reaches nothing but this machine.
   *
   * @param options `webgpu`: pages compute on SwiftShader, a WebGPU adapter that is software. Default: they have no WebGPU.
   */
  static async open(folder: string, { webgpu = false }: { readonly webgpu?: boolean } = {}): Promise<Page> {
    const profile = await Deno.makeTempDir({ dir: folder });
    const process = new Deno.Command(CHROMIUM, {
      args: [
        ...["--headless", "--no-sandbox", "--disable-quic", "--no-first-run"],
        ...(webgpu ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] : ["--disable-gpu"]),
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
        ...["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0"],
        ...[`--user-data-dir=${profile}`, "about:blank"],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const port = await retry(async () =>
        (await Deno.readTextFile(join(profile, "DevToolsActivePort"))).split("\n")[0]
      );
      const target = await retry(async () => {
        const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
        return targets.find(({ type }: { type: string }) => type === "page").webSocketDebuggerUrl;
      });
      const socket = new WebSocket(target);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      const page = new Page(process, socket);
      for (const domain of ["Page", "Runtime", "Log"]) await page.call(`${domain}.enable`);
      return page;
    } catch (error) {
      process.kill("SIGKILL");
      await process.status;
      throw error;
    }
  }

  /** Calls a method of the protocol. */
  async call(
    method: string,
    params: Record<string, unknown> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#calls;
    const answer = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return await answer.promise;
  }

  /** Opens a file by its path, or a page by its URL, and waits until it and its images are loaded. */
  async goto(page: string): Promise<void> {
    this.#loaded = Promise.withResolvers();
    await this.call("Page.navigate", { url: page.startsWith("http:") ? page : `file://${page}` });
    await this.#loaded.promise;
  }

  /** The value of an expression in the page. A promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    }) as { result: { value: unknown }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails !== undefined) {
      throw new Error(`Cannot evaluate ${expression}: ${exceptionDetails.exception?.description}.`);
    }
    return result.value;
  }

  /** Waits until an expression in the page is true, for so many seconds at most. */
  async until(expression: string, { seconds = 300 } = {}): Promise<void> {
    for (const end = Date.now() + 1000 * seconds; !await this.evaluate(`Boolean(${expression})`);) {
      if (Date.now() > end) throw new Error(`Cannot wait longer for ${expression}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Chooses files in an input of the page. */
  async chooseFiles(selector: string, files: readonly string[]): Promise<void> {
    const { root } = await this.call("DOM.getDocument") as { root: { nodeId: number } };
    const { nodeId } = await this.call("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.call("DOM.setFileInputFiles", { nodeId, files });
  }

  /** Sets the size of the window and the colour scheme, without any animation. */
  async resize({ width, height, dark = false }: Window): Promise<void> {
    await this.call("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.call("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
    });
  }

  /** Presses a key as on a keyboard, with another one held. */
  async press(key: string, held: keyof typeof MODIFIERS = "none"): Promise<void> {
    const code = { " ": "Space", "/": "Slash" }[key] ?? (key.length === 1 ? `Key${key.toUpperCase()}` : key);
    const windowsVirtualKeyCode = KEY_CODES[key] ?? key.toUpperCase().charCodeAt(0);
    const text = key === "Enter" ? "\r" : key.length === 1 && held !== "control" ? key : undefined;
    const pressed = { key, code, windowsVirtualKeyCode, modifiers: MODIFIERS[held] };
    await this.call("Input.dispatchKeyEvent", { type: "keyDown", text, ...pressed });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", ...pressed });
  }

  /** Clicks on the middle of an element, with a key held. */
  async click(selector: string, held: keyof typeof MODIFIERS = "none"): Promise<void> {
    const [x, y] = await this.evaluate(`{
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: "nearest" });
      const { left, top, width, height } = element.getBoundingClientRect();
      [left + width / 2, top + height / 2];
    }`) as [number, number];
    const pressed = { x, y, button: "left", clickCount: 1, modifiers: MODIFIERS[held] };
    await this.call("Input.dispatchMouseEvent", { type: "mousePressed", buttons: 1, ...pressed });
    await this.call("Input.dispatchMouseEvent", { type: "mouseReleased", ...pressed });
  }

  /** Drags the mouse along points of the window; with a single one, it is a click. */
  async drag(...points: readonly (readonly [x: number, y: number])[]): Promise<void> {
    const mouse = (type: string, [x, y]: readonly [number, number]) =>
      this.call("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons: 1, clickCount: 1 });
    await mouse("mousePressed", points[0]);
    for (const point of points.slice(1)) {
      await mouse("mouseMoved", point);
      // Moves of one frame are taken together.
      await this.evaluate("new Promise(requestAnimationFrame)");
    }
    await mouse("mouseReleased", points[points.length - 1]);
  }

  /** A PNG of the window. */
  async screenshot(): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    return Uint8Array.fromBase64(String(data));
  }

  /** Kills Chromium, as a crash does. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    this.#killed = true;
  }

  /** Ends Chromium. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#killed) return;
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.send(JSON.stringify({ id: 0, method: "Browser.close" }));
    await closed;
    await this.#process.status;
  }

  #receive({ id, method, params, result, error }: Message): void {
    if (id !== undefined) {
      const answer = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) answer?.resolve(result ?? {});
      else answer?.reject(new Error(`Cannot drive Chromium: ${error.message}.`));
    } else if (method === "Page.loadEventFired") this.#loaded.resolve();
    // The page asks whether it may be left.
    else if (method === "Page.javascriptDialogOpening") {
      this.call("Page.handleJavaScriptDialog", { accept: true });
    } else if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      this.complaints.push(JSON.stringify(params));
    } else if (
      method === "Runtime.consoleAPICalled" && /^(?:error|warning|assert)$/.test(String(params?.type))
    ) {
      this.complaints.push(JSON.stringify(params));
    }
  }
}

/** What Chromium knows keys by that are no letters. */
const KEY_CODES: Readonly<Record<string, number>> = {
  Enter: 13,
  Escape: 27,
  " ": 32,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Home: 36,
  End: 35,
  Tab: 9,
  "/": 191,
};

/** Asks again and again, for half a minute, until Chromium is ready. */
async function retry<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await action();
    } catch (error) {
      if (tries === 300 || error instanceof Deno.errors.NotCapable) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
