import { createRequire, registerHooks } from "node:module";
import { getRawAsset } from "node:sea";

/**
 * The main script of the binary: all others are assets in it, and each is read when something imports it. So a process has
 * in memory what its role needs and no more. Node runs a main script as CommonJS, from which `import()` reaches nothing but
 * Node's own modules; what is required through hooks is a module like any other.
 */
const ROOT = "file:///dunlin/";
const START = `${ROOT}start.mjs`;

registerHooks({
  resolve: (specifier, context, next) => {
    const url = specifier === START.slice("file://".length) ? START : ownUrl(specifier, context.parentURL);
    return url === undefined ? next(specifier, context) : { url, format: "module", shortCircuit: true };
  },
  load: (url, context, next) => {
    if (!url.startsWith(ROOT)) return next(url, context);
    return {
      format: "module",
      source: url === START ? 'import("./main.mjs");' : textOf(url),
      shortCircuit: true,
    };
  },
});

function ownUrl(specifier: string, parent: string | undefined): string | undefined {
  return parent?.startsWith(ROOT) && specifier.startsWith("./") ? ROOT + specifier.slice(2) : undefined;
}

/** They are ASCII (bundle.ts): one byte a character in memory, too. */
function textOf(url: string): string {
  return Buffer.from(getRawAsset(url.slice(ROOT.length))).toString("latin1");
}

createRequire(START)(START.slice("file://".length));
