package dev.ganglion.it.faults.load;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code sense:load}: one run of messages, all alike, due at a fixed rate whether or not those
 * before were answered. One run at a time is observed, the one that was opened last.
 */
public final class LoadSensor implements Sensor, Observer {
    private static final int FEATURES_AT_MOST = 1 << 16;
    private static final int MESSAGES_AT_MOST = 10_000_000;
    private static final int RATE_AT_MOST = 100_000;

    /** How many times the planned messages a run may have, while it is not told to stop. */
    private static final int AT_MOST = 4;

    private volatile @Nullable Recording observed;

    /** No run is under way. */
    public LoadSensor() {}

    @Override
    public String name() {
        return "load";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("run")
                        .required()
                        .describedAs("what the run is called; its messages are a stream of it"),
                Parameter.integer("perSecond", "1/s", 1, RATE_AT_MOST).withDefault("1000"),
                Parameter.integer("count", "1", 1, MESSAGES_AT_MOST)
                        .required()
                        .describedAs("how many messages there are at least"),
                Parameter.path("report")
                        .required()
                        .describedAs(
                                "where the report is written when the run has ended; more messages"
                                        + " than the count come, four times as many at most, until"
                                        + " there is a file of this name and .stop"),
                Parameter.text("text").withDefault("").describedAs("what each message says"),
                Parameter.integer("features", "1", 0, FEATURES_AT_MOST)
                        .withDefault("0")
                        .describedAs("for messages that are tensors: how many ones each holds"));
    }

    @Override
    public TensorSpec output(Options options) {
        long features = options.integer("features");
        return features == 0
                ? TensorSpec.TEXT
                : TensorSpec.of("features", Tensor.Type.FLOAT32, "1", 1, features);
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        int count = (int) options.integer("count");
        Path report = options.path("report");
        Recording recording = new Recording(options.text("run"), AT_MOST * count);
        observed = recording;
        LoadRun run =
                new LoadRun(
                        recording,
                        sink,
                        value(options),
                        1_000_000_000L / options.integer("perSecond"),
                        count,
                        report,
                        () -> observed = null);
        run.start();
        return run::end;
    }

    private static Object value(Options options) {
        int features = (int) options.integer("features");
        if (features == 0) {
            return options.text("text");
        }
        Tensor ones = Tensor.allocate(Tensor.Type.FLOAT32, 1, features);
        for (int i = 0; i < features; i++) {
            ones.floats().put(i, 1);
        }
        return ones;
    }

    @Override
    public void decided(Report report) {
        Recording recording = observed;
        if (recording != null && recording.isOf(report.stream())) {
            recording.decided(report);
        }
    }

    @Override
    public void failed(String route, String stream, long sequence, String sentence) {
        Recording recording = observed;
        if (recording != null && recording.isOf(stream)) {
            recording.failed(sequence, sentence);
        }
    }
}
