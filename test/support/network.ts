import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { Test } from "tap";
import { kill } from "./program.ts";

/** Why a test of these cannot run here, or false. */
export const noNetworks = process.getuid?.() !== 0 && "network namespaces need root";

/**
 * Two hosts with a router between them, each a network namespace:
 *
 *   near 10.77.1.2 ── 10.77.1.1 router 10.77.2.1 ── 10.77.2.2 far
 *
 * A router that drops what it gets is silent as a mobile link is: every interface stays up and nobody is told. To drop at
 * a host itself would be kinder than life, since Linux does not back off when its own queue refuses a packet.
 */
export class Network {
  static readonly near = "10.77.1.2";
  static readonly far = "10.77.2.2";
  readonly #near = `dunlin-${process.pid}-near`;
  readonly #far = `dunlin-${process.pid}-far`;
  readonly #router = `dunlin-${process.pid}-router`;
  readonly #children: ChildProcess[] = [];

  private constructor() {}

  /** Everything in it is ended and removed with the test. */
  static open(t: Test): Network {
    const network = new Network();
    const remove = (): void => network.#names().forEach(removeNamespace);
    process.once("exit", remove);
    t.teardown(async () => {
      for (const child of network.#children) await kill(child, "SIGTERM");
      process.off("exit", remove);
      remove();
    });
    removeOrphans();
    network.#make();
    return network;
  }

  /** Drops every packet from now on. */
  silence(): void {
    this.#forward(0);
  }

  restore(): void {
    this.#forward(1);
  }

  /** Runs this Node on one of the hosts; it is ended with the test. */
  node(host: "near" | "far", args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const name = host === "near" ? this.#near : this.#far;
    const child = spawn("ip", ["netns", "exec", name, process.execPath, ...args], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#children.push(child);
    return child;
  }

  #make(): void {
    for (const name of this.#names()) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    this.#join(this.#near, Network.near, "10.77.1.1");
    this.#join(this.#far, Network.far, "10.77.2.1");
    this.restore();
  }

  #join(host: string, address: string, gateway: string): void {
    const end = `to-${address}`;
    ip("-n", this.#router, "link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", host);
    ip("-n", this.#router, "address", "add", `${gateway}/24`, "dev", end);
    ip("-n", host, "address", "add", `${address}/24`, "dev", "eth0");
    ip("-n", this.#router, "link", "set", end, "up");
    ip("-n", host, "link", "set", "eth0", "up");
    ip("-n", host, "route", "add", "default", "via", gateway);
  }

  #forward(on: 0 | 1): void {
    ip("netns", "exec", this.#router, "sh", "-c", `echo ${on} > /proc/sys/net/ipv4/ip_forward`);
  }

  #names(): readonly string[] {
    return [this.#router, this.#near, this.#far];
  }
}

function ip(...args: readonly string[]): string {
  return execFileSync("ip", args, { encoding: "utf8" });
}

/** What a test that was killed could not remove. */
function removeOrphans(): void {
  for (const [name, pid] of ip("netns", "list").matchAll(/^dunlin-(\d+)-\w+/gm))
    if (!existsSync(`/proc/${pid}`)) removeNamespace(name);
}

function removeNamespace(name: string): void {
  if (!existsSync(`/run/netns/${name}`)) return;
  for (const pid of ip("netns", "pids", name).split("\n"))
    if (pid !== "") process.kill(Number(pid), "SIGKILL");
  ip("netns", "delete", name);
}
