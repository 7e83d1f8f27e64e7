package dev.ganglion.worker;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Prints what a call costs in a worker and in this process, for inputs that change their length.
 */
final class CallCost {
    private static final int CALLS = 20_000;

    private CallCost() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("call-cost");
        ModelPackage source = ToyModels.recurrent(folder, new ModelId("mean", "1"), 0.5f);
        Engine engine = new ToyEngine();
        Options options = Options.of("toy", engine.options(), Map.of(), folder);
        try (WorkerIsolation workers = new WorkerIsolation(System::getProperty);
                WorkerModel inAWorker = workers.load(engine, source, options);
                Model here = engine.load(source, options)) {
            long start = System.nanoTime();
            workers.load(engine, source, options).close();
            System.err.printf(
                    Locale.ROOT,
                    "sandbox %s, started and ended in %d ms, %d MB resident%n",
                    inAWorker.sandbox(),
                    (System.nanoTime() - start) / 1_000_000,
                    inAWorker.allocatedBytes() >> 20);
            for (int round = 0; round < 3; round++) {
                for (boolean changing : new boolean[] {false, true}) {
                    System.err.printf(
                            Locale.ROOT,
                            "%s length: worker %s, here %s%n",
                            changing ? "changing" : "same",
                            measure(inAWorker, changing),
                            measure(here, changing));
                }
            }
        }
        LeftOvers.deleteTree(folder);
    }

    private static String measure(Model model, boolean changing) {
        long[] nanos = new long[CALLS];
        try (Session session = model.open()) {
            for (int i = 0; i < CALLS; i++) {
                long start = System.nanoTime();
                session.reset();
                Tensor values = session.input("values", changing ? 20 + i % 5 : 22);
                values.floats().put(0, i);
                session.run();
                session.output("level").floats().get(0);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "median %.1f us, p99 %.1f us",
                nanos[CALLS / 2] / 1e3,
                nanos[CALLS * 99 / 100] / 1e3);
    }
}
