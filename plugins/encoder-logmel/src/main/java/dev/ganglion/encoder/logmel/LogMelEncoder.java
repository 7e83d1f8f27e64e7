package dev.ganglion.encoder.logmel;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.FeatureExtractor;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Turns audio, {@code FLOAT32[any]} with 1 as full scale, into rows of log-mel features, {@code
 * FLOAT32[1, stack * bands]}, as the samples come: each frame is worked out once, when its last
 * sample is there.
 *
 * <p>A flush drops the frame and the row that are not complete. Streams with the same settings
 * share their tables.
 */
@Component(service = FeatureExtractor.class)
public final class LogMelEncoder implements FeatureExtractor {
    /** Gone with the last stream that uses them. */
    private final Map<Settings, WeakReference<FrontEnd>> frontEnds = new HashMap<>();

    /** For the container and for plain Java. */
    public LogMelEncoder() {}

    @Override
    public String name() {
        return "logmel";
    }

    @Override
    public List<Parameter> options() {
        return Settings.PARAMETERS;
    }

    @Override
    public TensorSpec input(Options options) {
        return LogMelStage.input(frontEnd(options).settings());
    }

    @Override
    public TensorSpec output(Options options) {
        Settings settings = frontEnd(options).settings();
        return TensorSpec.of(
                        "features",
                        Tensor.Type.FLOAT32,
                        "1",
                        1,
                        (long) settings.stack() * settings.bands())
                .atRateHz(settings.rateHz());
    }

    @Override
    public Stage<Tensor, Tensor> open(Options options) {
        return new LogMelStage(frontEnd(options), options.owner());
    }

    private synchronized FrontEnd frontEnd(Options options) {
        Settings settings = Settings.of(options);
        WeakReference<FrontEnd> known = frontEnds.get(settings);
        FrontEnd frontEnd = known == null ? null : known.get();
        if (frontEnd == null) {
            frontEnds.values().removeIf(reference -> reference.get() == null);
            frontEnd = FrontEnd.of(settings, options);
            frontEnds.put(settings, new WeakReference<>(frontEnd));
        }
        return frontEnd;
    }
}
