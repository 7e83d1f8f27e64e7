package dev.ganglion.it.faults;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is done to a container under load. Each returns when the container has recovered. */
enum Fault {
    /** The model's other version, by the command. */
    SWAP("model swap", "model swaps") {
        @Override
        void inject(Gateway gateway, int number) throws IOException {
            gateway.ask(swap(gateway, number));
            // One message may have been under way, and that of another version.
            long answered = gateway.messages();
            gateway.await(
                    "no message was answered after swap " + number,
                    () -> gateway.messages() > answered + 1);
        }
    },
    /** Another edit of the route's file. */
    RELOAD("route reload", "route reloads") {
        @Override
        void inject(Gateway gateway, int number) throws IOException {
            int before = gateway.lines("answer.camel.yaml is running");
            gateway.setup().writeAnswer(number);
            gateway.await(
                    "the route of edit " + number + " did not run",
                    () -> gateway.lines("answer.camel.yaml is running") > before);
        }
    },
    /** Another build of the engine's bundle. */
    UPDATE("engine update", "engine-bundle updates") {
        @Override
        void inject(Gateway gateway, int number) throws IOException {
            long before = gateway.servingSinceMillis();
            gateway.setup().updateEngine(number);
            gateway.await(
                    "the model was not loaded by build " + number + " of its engine",
                    () -> gateway.servingSinceMillis() > before);
        }
    },
    /** {@code kill -9} of the worker process. */
    KILL("worker kill", "worker kills") {
        @Override
        void inject(Gateway gateway, int number) throws IOException {
            List<ProcessHandle> workers = gateway.workers();
            if (workers.isEmpty()) {
                throw new IOException(
                        "the container has no worker process to kill; " + gateway.tail());
            }
            workers.forEach(ProcessHandle::destroyForcibly);
            gateway.await(
                    "no other worker was started",
                    () -> gateway.workers().stream().anyMatch(worker -> !workers.contains(worker)));
            long answered = gateway.messages();
            gateway.await(
                    "no message was answered by the next worker",
                    () -> gateway.messages() > answered);
        }
    };

    private final String name;
    private final String names;

    Fault(String name, String names) {
        this.name = name;
        this.names = names;
    }

    /** {@return the command that lets the version of this number serve} */
    static Map<String, Object> swap(Gateway gateway, int number) {
        return Map.of(
                "command",
                "model.swap",
                "name",
                gateway.setup().subject().model(),
                "version",
                Models.VERSIONS.get(number % Models.VERSIONS.size()));
    }

    /** Does it for the so manieth time, from 1. */
    abstract void inject(Gateway gateway, int number) throws IOException;

    String label() {
        return names;
    }

    @Override
    public String toString() {
        return name;
    }
}
