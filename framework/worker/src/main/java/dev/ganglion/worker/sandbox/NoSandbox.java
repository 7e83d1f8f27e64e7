package dev.ganglion.worker.sandbox;

import java.io.IOException;

/** A process like any other. */
final class NoSandbox implements Sandbox {
    @Override
    public String name() {
        return "none";
    }

    @Override
    public Process start(ProcessBuilder builder, Access access) throws IOException {
        return builder.start();
    }
}
