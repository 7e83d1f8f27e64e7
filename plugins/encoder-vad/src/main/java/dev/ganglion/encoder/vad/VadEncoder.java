package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Session;
import java.util.List;
import java.util.function.Function;
import org.osgi.service.component.annotations.Component;

/**
 * Finds speech in sound, {@code FLOAT32[any]} at 8 or 16 kHz, and gives it in frames of 32 ms, or
 * in one tensor: from some time before the speech to some time after it.
 */
@Component(service = Segmenter.class)
public final class VadEncoder implements Segmenter {
    /** For the container and for plain Java. */
    public VadEncoder() {}

    @Override
    public String name() {
        return "vad";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.text("detector")
                        .withDefault(VadSettings.ENERGY)
                        .describedAs("energy, or the name of a model such as silero-vad"),
                Parameter.integer("sampleRateHz", "Hz", 1, 768_000)
                        .withDefault("16000")
                        .describedAs("the rate of the sound, 8000 or 16000"),
                Parameter.number("above", "1", 0, 1)
                        .withDefault("0.5")
                        .describedAs("the probability from which a frame is speech"),
                Parameter.number("below", "1", 0, 1)
                        .describedAs(
                                "the probability under which an utterance may end; 0.15 less than"
                                        + " 'above' unless given"),
                Parameter.integer("speechMillis", "ms", 0, 5_000)
                        .withDefault("96")
                        .describedAs("how long there must be speech for an utterance to begin"),
                Parameter.integer("silenceMillis", "ms", 1, 10_000)
                        .withDefault("500")
                        .describedAs("how long there must be none for it to end"),
                Parameter.integer("padMillis", "ms", 0, 5_000)
                        .withDefault("200")
                        .describedAs("how much goes with it before and after its speech"),
                Parameter.integer("maxMillis", "ms", 1, 86_400_000)
                        .describedAs(
                                "how long it may be; no bound unless given, 30,000 when given"
                                        + " whole"),
                Parameter.flag("whole")
                        .withDefault("false")
                        .describedAs("whether an utterance is given as one tensor at its end"),
                Parameter.number("peak", "1", 0, 1)
                        .withDefault("0")
                        .describedAs(
                                "the size that the loudest sample of a whole utterance gets; 0 to"
                                        + " leave it"));
    }

    @Override
    public TensorSpec input(Options options) {
        return audio(VadSettings.of(options), TensorSpec.ANY);
    }

    @Override
    public TensorSpec output(Options options) {
        VadSettings settings = VadSettings.of(options);
        return settings.whole()
                ? audio(settings, 1, TensorSpec.ANY)
                : audio(settings, settings.frameSamples());
    }

    private static TensorSpec audio(VadSettings settings, long... shape) {
        return TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", shape)
                .atRateHz(settings.sampleRateHz());
    }

    @Override
    public Stage<Sample<Tensor>, Sample<Tensor>> open(
            Options options, Function<String, Session> models) {
        VadSettings settings = VadSettings.of(options);
        Detector detector =
                settings.detector().equals(VadSettings.ENERGY)
                        ? new EnergyDetector()
                        : new ModelDetector(settings, models);
        return new VadStage(settings, audio(settings, TensorSpec.ANY), detector);
    }
}
