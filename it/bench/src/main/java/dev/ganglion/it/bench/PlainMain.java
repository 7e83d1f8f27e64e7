package dev.ganglion.it.bench;

import dev.ganglion.api.data.Decision;
import dev.ganglion.engine.onnxruntime.OnnxRuntimeEngine;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The program that does what {@code ganglion run routes/kitchen-commands --json} does, written for
 * this one purpose: the same plug-ins, no Camel, no container.
 */
public final class PlainMain {
    private PlainMain() {}

    /** Takes the folder of models, the file of rooms and devices, and the file of commands. */
    public static void main(String[] arguments) throws Exception {
        Path models = Path.of(arguments[0]);
        Path home = Path.of(arguments[1]).toAbsolutePath();
        JsonReport report = new JsonReport(System.out);
        try (PlainPipeline pipeline =
                        new PlainPipeline(
                                new OnnxRuntimeEngine(),
                                NluMicro.source(models, "onnx"),
                                home,
                                "stderr");
                BufferedReader lines = Files.newBufferedReader(Path.of(arguments[2]))) {
            int number = 1;
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                long startNanos = System.nanoTime();
                pipeline.handle(text);
                long nanos = System.nanoTime() - startNanos;
                Decision decision = pipeline.decision();
                if (decision != null) {
                    report.decision(
                            number,
                            text,
                            decision.name(),
                            decision.parameters(),
                            decision.confidence(),
                            pipeline.action(),
                            nanos);
                }
                number++;
            }
        }
        report.summary();
    }
}
