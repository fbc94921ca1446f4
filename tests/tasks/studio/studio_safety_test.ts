import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { maskPath } from "../../../tasks/batch/maps.ts";
import { correctedMaskPath, readReview, reviewFolder } from "../../../tasks/studio/review.ts";
import { KEY_HEADER, serveStudio } from "../../../tasks/studio/serve_studio.ts";
import { studioPage } from "../../../tasks/studio/studio_page.ts";
import { StudioRun } from "../../../tasks/studio/studio_run.ts";
import { Page, whyNoChromium } from "../../chromium.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { writeRun } from "../run_fixture.ts";
import { scriptArgs } from "../run_script.ts";
import {
  drawnPhoto,
  HEIGHT,
  onScreen,
  pressButton,
  READY,
  shownMask,
  until,
  WIDTH,
} from "./driven_studio.ts";

const HOSTILE = `"><img src=x onerror=window.hurt=1>.jpg`;
const GONE = `/does not answer/.test(document.querySelector(".notice")?.textContent)`;
const reason = whyNoChromium();

/** A run of two photos, the first of which has this hostile name, and a mask of one column. */
async function writtenRun(folder: string): Promise<string> {
  const mask = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => Number(i % WIDTH === 80));
  const found = { photo: drawnPhoto(), mask, confidence: mask.map((value) => 255 * value) };
  return await writeRun(folder, [HOSTILE, "b"].map((name) => ({ name, ...found })));
}

/** The studio's server in a process of its own. */
class ServerProcess {
  #killed = false;

  private constructor(readonly link: string, readonly process: Deno.ChildProcess) {}

  static async start(run: string, page: string, port = 0): Promise<ServerProcess> {
    const process = new Deno.Command(Deno.execPath(), {
      args: scriptArgs("tests/tasks/studio/served_run.ts", [run, page, String(port)], [
        ...["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
      ]),
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let link = "";
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
      link += chunk;
      if (link.endsWith("\n")) break;
    }
    return new ServerProcess(link.trim(), process);
  }

  get port(): number {
    return Number(new URL(this.link).port);
  }

  /** Kills it at once, unless that was done. */
  async kill(): Promise<void> {
    if (!this.#killed) this.process.kill("SIGKILL");
    this.#killed = true;
    await this.process.status;
  }
}

/** What a page of another origin tries with the server, even with the secret of its link; each attempt as what came of it. */
function attack(link: string, run: string): string {
  const { origin, searchParams } = new URL(link);
  return `(async () => {
    const origin = ${JSON.stringify(origin)}, key = ${JSON.stringify(searchParams.get("key"))};
    const name = "name=" + encodeURIComponent("b");
    const form = () => {
      const form = new FormData();
      form.set("run", ${JSON.stringify(run)});
      form.set("facts", '[{"name":"b","decision":"rejected","seconds":1}]');
      return form;
    };
    const read = (path, init) => fetch(origin + path, init).then(
      async (response) => response.type + " " + response.status + " " + (await response.text()).length,
      () => "refused",
    );
    const loaded = (element) => new Promise((resolve) => {
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("refused");
      document.body.append(element);
    });
    const sent = (action, enctype) => new Promise((resolve) => {
      const frame = document.createElement("iframe"), sender = document.createElement("form");
      frame.name = "sink" + Math.random();
      frame.onload = () => {
        let seen = "nothing seen";
        try { seen = frame.contentDocument?.body?.textContent || seen; } catch { /* Another origin's. */ }
        resolve(seen);
      };
      Object.assign(sender, { action: origin + action, method: "POST", target: frame.name, enctype });
      for (const [name, value] of form()) {
        sender.append(Object.assign(document.createElement("input"), { name, value }));
      }
      document.body.append(frame, sender);
      sender.submit();
    });
    const secret = { "${KEY_HEADER}": key };
    return {
      plain: await read("/api/photos"),
      credentials: await read("/api/photos", { credentials: "include" }),
      "no-cors": await read("/api/photos", { mode: "no-cors" }),
      "the page": await read("/?key=" + key),
      "the page, no-cors": await read("/?key=" + key, { mode: "no-cors" }),
      "with the secret": await read("/api/photos", { headers: secret }),
      "write with the secret": await read("/api/review?" + name, { method: "PUT", headers: secret, body: form() }),
      "write, no-cors": await read("/api/review?" + name, { method: "POST", mode: "no-cors", body: form() }),
      image: await loaded(Object.assign(new Image(), { src: origin + "/api/photo?" + name + "&key=" + key })),
      script: await loaded(Object.assign(document.createElement("script"), { src: origin + "/?key=" + key })),
      form: await sent("/api/review?" + name + "&key=" + key, "multipart/form-data"),
      "plain form": await sent("/api/review?" + name + "&key=" + key, "text/plain"),
      beacon: String(navigator.sendBeacon(origin + "/api/review?" + name + "&key=" + key, form())),
      frame: await loaded(Object.assign(document.createElement("iframe"), { src: origin + "/?key=" + key }))
        .then(() => { try { return frames[frames.length - 1].document.title; } catch { return "refused"; } }),
    };
  })()`;
}

Deno.test({
  name: `the studio under attack, and killed${reason === undefined ? "" : ` (left out: ${reason})`}`,
  ignore: reason !== undefined,
  async fn(t) {
    await using folder = await temporaryFolder();
    const path = await writtenRun(folder.path), page = join(folder.path, "hairline.html");
    const html = await studioPage(folder.path);
    await Deno.writeTextFile(page, html);
    await using one = await Page.open(folder.path);
    await one.resize({ width: 1100, height: 800 });

    await t.step("a page on another port can neither read nor write, even if it knows the link", async () => {
      await using server = serveStudio(await StudioRun.open(path), { page: html, port: 0 });
      await using attacker = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        () =>
          new Response("<!DOCTYPE html><title>Attack</title><body></body>", {
            headers: { "content-type": "text/html" },
          }),
      );
      await one.goto(`http://127.0.0.1:${attacker.addr.port}/`);
      const outcomes = await one.evaluate(attack(server.link, await Deno.realPath(path))) as Record<
        string,
        string
      >;
      const { form, "plain form": plainForm, beacon, ...others } = outcomes;
      assert.deepEqual(
        others,
        Object.fromEntries(Object.keys(others).map((attempt) => [attempt, "refused"])),
      );
      assert.deepEqual([form, plainForm], ["nothing seen", "nothing seen"]);
      assert.equal(beacon, "true", "what was sent blindly was sent");
      // A request of the server's own page, after which those before are answered.
      await (await fetch(server.link)).body?.cancel();
      await assert.rejects(Deno.stat(reviewFolder(path)), Deno.errors.NotFound);
      one.complaints.length = 0;
    });

    let server = await ServerProcess.start(path, page);
    const onDisk = async (name: string) => {
      const { data } = await decodeImage(await Deno.readFile(correctedMaskPath(path, name)));
      return Array.from({ length: WIDTH * HEIGHT }, (_, i) => data[4 * i] / 255);
    };
    const kept = (mask: readonly number[]) =>
      until(
        "the stroke is kept",
        async () =>
          (await onDisk(HOSTILE).catch(() => [])).join() === mask.join() &&
          (await readReview(path)).get(HOSTILE)?.decision === "corrected",
      );
    const open = async (page: Page, link: string) => {
      await page.goto(link);
      await page.until(`document.querySelectorAll(".thumb").length === 2`);
      await page.evaluate(`document.querySelector(".thumb").click()`);
      await page.until(READY);
    };
    const stroke = async (row: number) => {
      await one.drag(await onScreen(one, 20, row), await onScreen(one, 40, row));
      return await shownMask(one);
    };
    const mouse = async (type: string, x: number, y: number) => {
      const [left, top] = await onScreen(one, x, y);
      await one.call("Input.dispatchMouseEvent", {
        ...{ type, x: left, y: top, button: "left", buttons: 1, clickCount: 1 },
      });
    };
    try {
      await t.step("a hostile name does nothing but be shown", async () => {
        await open(one, server.link);
        assert.equal(await one.evaluate(`document.querySelector(".panel h2").textContent`), HOSTILE);
        assert.equal(await one.evaluate("window.hurt"), undefined);
        assert.equal(await one.evaluate("document.title"), "Hairline");
        assert.equal(await one.evaluate(`document.querySelectorAll("img").length`), 0);
      });

      await t.step(
        "a server that is killed during a stroke loses none, and the page goes on with the next",
        async () => {
          await one.press("b");
          const first = await stroke(20);
          await kept(first);
          await mouse("mousePressed", 20, 40);
          await mouse("mouseMoved", 30, 40);
          await server.kill();
          await mouse("mouseMoved", 40, 40);
          await mouse("mouseReleased", 40, 40);
          await one.until(GONE);
          assert.deepEqual(await onDisk(HOSTILE), first);
          const second = await shownMask(one);
          assert.equal(second[40 * WIDTH + 35], 1);
          server = await ServerProcess.start(path, page, server.port);
          await one.call("Target.createTarget", { url: server.link });
          await one.until(`document.querySelector(".notice") === null`);
          await kept(second);
          await one.call("Page.bringToFront");
        },
      );

      await using other = await Page.open(folder.path);
      await other.resize({ width: 1100, height: 800 });
      await t.step("two browsers on one run see what the other decides, or are told", async () => {
        await other.goto(server.link);
        await other.until(`document.querySelectorAll(".thumb").length === 2`);
        assert.match(
          String(await other.evaluate(`document.querySelector(".thumb").textContent.trim()`)),
          / corrected$/,
        );
        await other.press("r");
        await one.until(`/changed in another window/.test(document.querySelector(".notice")?.textContent)`);
        await pressButton(one, "Overview");
        await one.until(`/rejected$/.test(document.querySelector(".thumb").textContent.trim())`);
        // What the other decides is seen, too, if this one decides about another photo before it asks.
        await other.press("ArrowRight");
        await other.press("a");
        await until("that is kept", async () => (await readReview(path)).get("b")?.decision === "accepted");
        await one.press("u");
        await one.until(`/accepted$/.test(document.querySelectorAll(".thumb")[1].textContent.trim())`);
        await other.until(`/crack$/.test(document.querySelector(".thumb").textContent.trim())`);
      });

      await t.step("a browser that is killed during a stroke loses that one only", async () => {
        await one.evaluate(`document.querySelector(".thumb").click()`);
        await one.until(READY);
        const third = await stroke(60);
        await kept(third);
        await mouse("mousePressed", 20, 80);
        await mouse("mouseMoved", 30, 80);
        await one.kill();
        assert.deepEqual(await onDisk(HOSTILE), third);
        await open(other, server.link);
        assert.deepEqual(await shownMask(other), third);
        for (const row of [20, 40, 60]) assert.equal(third[row * WIDTH + 30], 1, `row ${row}`);
        const machine = await decodeImage(await Deno.readFile(maskPath(path, HOSTILE)));
        assert.equal(machine.data.filter((value, i) => i % 4 === 0 && value > 0).length, HEIGHT);
      });

      await t.step("a page that waits for nothing says, too, that its server is gone", async () => {
        await server.kill();
        await other.until(GONE);
      });
    } finally {
      await server.kill();
    }
  },
});
