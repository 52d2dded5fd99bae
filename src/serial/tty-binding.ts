import { SerialPort } from "serialport";

/** Opens ttys. A module of its own to be loaded by whoever has one: the package brings native code that others need not carry. */
export const ttyBinding = SerialPort.binding;
