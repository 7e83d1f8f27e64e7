package dev.ganglion.encoder.window;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.FeatureExtractor;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * Gives the last rows of a stream of readings as one tensor: {@code FLOAT32[any, columns]} becomes
 * {@code FLOAT32[1, length, columns]} or {@code FLOAT32[1, columns, length]}, for the first time
 * when there are {@code length} rows, then after each {@code hop} more. Each column can be
 * normalised.
 *
 * <p>A flush drops the window that is not complete.
 */
@Component(service = FeatureExtractor.class)
public final class WindowEncoder implements FeatureExtractor {
    /** For the container and for plain Java. */
    public WindowEncoder() {}

    @Override
    public String name() {
        return "window";
    }

    @Override
    public List<Parameter> options() {
        return Settings.PARAMETERS;
    }

    @Override
    public TensorSpec input(Options options) {
        return Settings.of(options).input();
    }

    @Override
    public TensorSpec output(Options options) {
        return Settings.of(options).output();
    }

    @Override
    public Stage<Tensor, Tensor> open(Options options) {
        return new WindowStage(Settings.of(options), options.owner());
    }
}
