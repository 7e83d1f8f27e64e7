package dev.ganglion.encoder.vad;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Session;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** Sound made up for tests, and what a stage finds in it. */
final class Sound {
    static final int FRAME = 512;

    private static final VadEncoder VAD = new VadEncoder();

    private Sound() {}

    static Options options(Map<String, String> given) {
        return Options.of("encode:vad", VAD.options(), given, Path.of(""));
    }

    static Stage<Sample<Tensor>, Sample<Tensor>> open(
            Map<String, String> given, Function<String, Session> models) {
        return VAD.open(options(given), models);
    }

    static Function<String, Session> noModel() {
        return name -> {
            throw new AssertionError("no model is opened, found " + name);
        };
    }

    static Sample<Tensor> sample(long sequence, float... values) {
        return new Sample<>(
                "mic", sequence, sequence * 1_000, Tensors.of(values, values.length), false);
    }

    /** Frames for {@link FakeVad}: a probability and, 511 times, the number of the frame / 1000. */
    static float[] frames(double... probabilities) {
        float[] sound = new float[probabilities.length * FRAME];
        for (int i = 0; i < probabilities.length; i++) {
            Arrays.fill(sound, i * FRAME, (i + 1) * FRAME, i / 1_000f);
            sound[i * FRAME] = (float) probabilities[i];
        }
        return sound;
    }

    /** {@return for each utterance the numbers of its frames, as {@link #frames} made them} */
    static List<List<Integer>> found(List<Sample<Tensor>> results) {
        List<List<Integer>> utterances = new ArrayList<>();
        List<Integer> utterance = new ArrayList<>();
        for (Sample<Tensor> result : results) {
            utterance.add(Math.round(1_000 * result.value().floats().get(1)));
            if (result.last()) {
                utterances.add(utterance);
                utterance = new ArrayList<>();
            }
        }
        if (!utterance.isEmpty()) {
            throw new AssertionError("an utterance without end: " + utterance);
        }
        return utterances;
    }

    static Sample<Tensor> copy(Sample<Tensor> result) {
        return new Sample<>(
                result.stream(),
                result.sequence(),
                result.capturedNanos(),
                Tensors.copy(result.value()),
                result.last());
    }

    /** Pushes the sound in portions of this size, and flushes. */
    static List<Sample<Tensor>> results(
            Stage<Sample<Tensor>, Sample<Tensor>> stage, float[] sound, int portion) {
        List<Sample<Tensor>> results = new ArrayList<>();
        long sequence = 0;
        for (int at = 0; at < sound.length; at += portion) {
            float[] values = Arrays.copyOfRange(sound, at, Math.min(sound.length, at + portion));
            stage.push(sample(++sequence, values), result -> results.add(copy(result)));
        }
        stage.flush(result -> results.add(copy(result)));
        return results;
    }

    /**
     * A murmur with bursts of a buzz at 200 Hz, whose loudness swells and falls 4 times a second as
     * that of speech does.
     *
     * @param seconds how long the murmur is
     * @param bursts from and to, in seconds, one after the other
     */
    static float[] murmur(int sampleRateHz, double seconds, float noise, double... bursts) {
        Random random = new Random(7);
        float[] sound = new float[(int) (seconds * sampleRateHz)];
        for (int i = 0; i < sound.length; i++) {
            double time = (double) i / sampleRateHz;
            sound[i] = noise * (2 * random.nextFloat() - 1);
            for (int burst = 0; burst < bursts.length; burst += 2) {
                if (time >= bursts[burst] && time < bursts[burst + 1]) {
                    double swell = Math.abs(Math.sin(4 * Math.PI * (time - bursts[burst])));
                    sound[i] += (float) (0.1 * swell * Math.sin(400 * Math.PI * time));
                }
            }
        }
        return sound;
    }
}
