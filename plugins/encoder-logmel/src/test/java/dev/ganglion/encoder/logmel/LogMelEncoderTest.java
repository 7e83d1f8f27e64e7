package dev.ganglion.encoder.logmel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.testkit.Tensors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogMelEncoderTest {
    private static final double TOLERANCE = 1e-4;
    private static final int WAV_HEADER_BYTES = 44;

    private final LogMelEncoder encoder = new LogMelEncoder();
    private final List<float[]> rows = new ArrayList<>();

    private Options options(Map<String, String> given) {
        return Kws.options(encoder, given);
    }

    private Stage<Tensor, Tensor> open(Map<String, String> given) {
        return encoder.open(options(given));
    }

    private void keep(Tensor row) {
        rows.add(Tensors.floats(row));
    }

    private static Tensor audio(float... samples) {
        return Tensors.of(samples, samples.length);
    }

    private static float[] tone(double hz, int sampleRateHz, int samples) {
        float[] tone = new float[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * hz * i / sampleRateHz));
        }
        return tone;
    }

    private void refuses(Map<String, String> given, String... words) {
        for (Runnable call :
                List.<Runnable>of(
                        () -> encoder.input(options(given)),
                        () -> encoder.output(options(given)),
                        () -> open(given))) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                    .hasMessageStartingWith("encode:logmel: ")
                    .hasMessageNotContaining("\n")
                    .message()
                    .contains(words);
        }
    }

    private static Map<String, String> kwsWith(String... more) {
        Map<String, String> options = new HashMap<>(Kws.OPTIONS);
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return options;
    }

    // What it takes and gives

    @Test
    void withoutOptionsItTakesSpeechAt16KilohertzAndGives40BandsHundredTimesASecond() {
        assertThat(encoder.input(options(Map.of())))
                .isEqualTo(TensorSpec.of("audio", Tensor.Type.FLOAT32, "1", -1).atRateHz(16_000));
        assertThat(encoder.output(options(Map.of())))
                .isEqualTo(
                        TensorSpec.of("features", Tensor.Type.FLOAT32, "1", 1, 40).atRateHz(100));
    }

    @Test
    void framesThatAreStackedComeAsSeldomAsTheyAreStacked() {
        assertThat(encoder.input(options(Kws.OPTIONS)).rateHz()).isEqualTo(8000);
        assertThat(encoder.output(options(Kws.OPTIONS)))
                .isEqualTo(TensorSpec.of("features", Tensor.Type.FLOAT32, "1", 1, 64).atRateHz(50));
    }

    @Test
    void aThirdOfAMillisecondInDecimalsIsWholeSamples() {
        Map<String, String> given =
                Map.of("sampleRateHz", "48000", "hopMillis", "10.3333333333", "bands", "20");
        assertThat(encoder.output(options(given)).rateHz()).isEqualTo(48_000.0 / 496);
    }

    // What comes out

    /** Clips with 200 ms of silence before and 300 ms after, as the model was trained. */
    @Test
    void theRowsOfKwsDigitsAreTheGoldenOnes() throws IOException {
        List<?> cases = (List<?>) Kws.golden().get("cases");
        assertThat(cases).hasSize(8);
        try (Stage<Tensor, Tensor> stage = open(Kws.OPTIONS)) {
            for (Object each : cases) {
                Map<?, ?> clip = (Map<?, ?>) each;
                rows.clear();
                stage.push(padded((String) clip.get("wav")), this::keep);
                stage.flush(this::keep);
                assertThat(rows).hasSize((Integer) clip.get("steps"));
                float[] first = Kws.floats(clip.get("features_step0"));
                assertThat(Kws.difference(first, rows.get(0), TOLERANCE)).isEmpty();
                float[] later = Kws.floats(clip.get("features_step20"));
                assertThat(Kws.difference(later, rows.get(20), TOLERANCE)).isEmpty();
                assertThat(mean()).isEqualTo(number(clip.get("features_mean")), within(TOLERANCE));
            }
        }
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    private double mean() {
        return rows.stream()
                .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i]))
                .average()
                .orElseThrow();
    }

    private static Tensor padded(String wav) throws IOException {
        byte[] file = Files.readAllBytes(Kws.shared("data/digits/test/" + wav));
        ByteBuffer samples = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int count = (file.length - WAV_HEADER_BYTES) / 2;
        Tensor audio = Tensor.allocate(Tensor.Type.FLOAT32, 1600 + count + 2400);
        for (int i = 0; i < count; i++) {
            audio.floats().put(1600 + i, samples.getShort(WAV_HEADER_BYTES + 2 * i) / 32768f);
        }
        return audio;
    }

    @Test
    void silenceIsTheLogarithmOfTheFloor() {
        open(Kws.OPTIONS).push(audio(new float[280]), this::keep);
        assertThat(rows).hasSize(1);
        float silence = (float) (Math.log(1e-6) * 0.2 + 1.5);
        assertThat(rows.get(0)).hasSize(64).containsOnly(new float[] {silence}, within(1e-6f));
    }

    @Test
    void aToneIsLoudestInTheBandThatItIsIn() {
        // 40 bands from 60 to 7600 Hz are 66.7 mel apart; 1000 Hz are 1000 mel.
        open(Map.of()).push(audio(tone(1000, 16_000, 400)), this::keep);
        float[] row = rows.get(0);
        int loudest = 0;
        for (int band = 0; band < row.length; band++) {
            loudest = row[band] > row[loudest] ? band : loudest;
        }
        double low = 2595 * Math.log10(1 + 60 / 700.0);
        double step = (2595 * Math.log10(1 + 7600 / 700.0) - low) / 41;
        assertThat(loudest).isEqualTo((int) Math.round((1000 - low) / step) - 1);
    }

    @Test
    void theLongerTransformSeesMoreOfTheSameSound() {
        Tensor sound = audio(tone(1000, 8000, 280));
        open(Kws.OPTIONS).push(sound, this::keep);
        open(kwsWith("fftSize", "512")).push(sound, this::keep);
        assertThat(rows).hasSize(2);
        assertThat(rows.get(1)).hasSameSizeAs(rows.get(0)).isNotEqualTo(rows.get(0));
    }

    @Test
    void aRowComesWithTheLastSampleOfItsLastFrame() {
        Stage<Tensor, Tensor> stage = open(Kws.OPTIONS);
        stage.push(audio(new float[279]), this::keep);
        assertThat(rows).isEmpty();
        stage.push(audio(0), this::keep);
        assertThat(rows).hasSize(1);
        stage.push(audio(new float[Kws.STEP_SAMPLES - 1]), this::keep);
        stage.push(audio(), this::keep);
        assertThat(rows).hasSize(1);
        stage.push(audio(0), this::keep);
        assertThat(rows).hasSize(2);
    }

    @Test
    void aFlushDropsTheFrameAndTheRowThatAreNotComplete() {
        Stage<Tensor, Tensor> stage = open(Kws.OPTIONS);
        stage.push(audio(tone(700, 8000, 279)), this::keep);
        stage.flush(this::keep);
        assertThat(rows).isEmpty();
        stage.push(audio(new float[280]), this::keep);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0)).containsOnly(rows.get(0)[0]);
    }

    @Test
    void streamsOfOtherSettingsDoNotMix() {
        Tensor sound = audio(tone(300, 8000, 4000));
        new LogMelEncoder().open(Kws.options(encoder, Kws.OPTIONS)).push(sound, this::keep);
        List<float[]> alone = List.copyOf(rows);
        rows.clear();
        Stage<Tensor, Tensor> one = open(Kws.OPTIONS);
        open(kwsWith("highHz", "3000")).push(sound, row -> {});
        open(kwsWith("scale", "1")).push(sound, row -> {});
        one.push(sound, this::keep);
        assertThat(rows).usingRecursiveComparison().isEqualTo(alone);
    }

    // What it costs

    /** The least of a few tries: now and then the JVM allocates something of its own. */
    private static long leastAllocatedBytes(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int tried = 0; tried < 6; tried++) {
            long before = threads.getThreadAllocatedBytes(thread);
            work.run();
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }

    @Test
    void aPushAllocatesNothing() {
        Tensor step = Tensor.allocate(Tensor.Type.FLOAT32, Kws.STEP_SAMPLES);
        Tensors.fill(step, new Random(0));
        Consumer<Tensor> out = row -> {};
        Stage<Tensor, Tensor> stage = open(Kws.OPTIONS);
        long allocated =
                leastAllocatedBytes(
                        () -> {
                            for (int round = 0; round < 5_000; round++) {
                                stage.push(step, out);
                            }
                            stage.flush(out);
                        });
        assertThat(allocated).isZero();
    }

    @Test
    void aStreamOfKwsDigitsTakesLessThan4Kilobytes() {
        Options options = options(Kws.OPTIONS);
        Stage<Tensor, Tensor> first = encoder.open(options);
        long directBytes = 64 * 4;
        assertThat(leastAllocatedBytes(() -> encoder.open(options)) + directBytes).isLessThan(4096);
        first.close();
    }

    @Test
    void streamsWithTheSameSettingsShareTheirTables() {
        Options options = options(Kws.OPTIONS);
        Stage<Tensor, Tensor> first = encoder.open(options);
        long shared = leastAllocatedBytes(() -> encoder.open(options));
        long alone = leastAllocatedBytes(() -> new LogMelEncoder().open(options));
        assertThat(alone - shared).isGreaterThan(3000);
        first.close();
    }

    // What is refused

    @Test
    void aWindowLongerThanTheTransformIsRefused() {
        refuses(kwsWith("fftSize", "128"), "'fftSize'", "200", "256 or more", "found 128");
    }

    @Test
    void aTransformThatIsNoPowerOfTwoIsRefused() {
        refuses(kwsWith("fftSize", "400"), "'fftSize'", "power of two", "found 400");
    }

    @Test
    void aWindowLongerThanTheLongestTransformIsRefused() {
        refuses(Map.of("windowMillis", "5000"), "80000 samples", "65536", "'windowMillis'");
    }

    @Test
    void aHopThatIsNoWholeNumberOfSamplesIsRefused() {
        refuses(kwsWith("hopMillis", "10.1"), "'hopMillis'", "10.1 ms at 8000 Hz", "10.125 ms");
        refuses(Map.of("sampleRateHz", "11025"), "'windowMillis'", "275.625", "276 samples, 25.03");
        refuses(kwsWith("hopMillis", "0.01"), "'hopMillis'", "0.125 ms");
    }

    @Test
    void aHopLongerThanTheWindowIsRefused() {
        refuses(kwsWith("hopMillis", "30"), "'hopMillis'", "'windowMillis'", "30", "25");
    }

    @Test
    void aBandAboveHalfTheRateIsRefused() {
        refuses(kwsWith("highHz", "4001"), "'highHz'", "4000.0 Hz", "found 4001");
    }

    @Test
    void bandsThatEndBeforeTheyBeginAreRefused() {
        refuses(kwsWith("lowHz", "3800"), "'lowHz'", "'highHz'", "3800");
    }

    @Test
    void moreBandsThanTheSpectrumCanFillAreRefusedWithTheNumberThatFits() {
        refuses(kwsWith("bands", "200"), "'bands'", "31.25 Hz", "found 200", "'fftSize' to 512");
        assertThatThrownBy(() -> open(kwsWith("bands", "200")))
                .message()
                .satisfies(
                        message -> {
                            String fitting =
                                    message.replaceAll(".*'bands' is at most (\\d+) .*", "$1");
                            assertThat(encoder.output(options(kwsWith("bands", fitting))).shape())
                                    .containsExactly(1L, 2 * Long.parseLong(fitting));
                        });
    }

    @Test
    void aSampleThatIsNoNumberIsRefusedByItsPosition() {
        for (float bad :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f}) {
            Stage<Tensor, Tensor> stage = open(Kws.OPTIONS);
            stage.push(audio(new float[300]), this::keep);
            float[] samples = new float[20];
            samples[6] = bad;
            assertThatThrownBy(() -> stage.push(audio(samples), this::keep))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.INPUT))
                    .hasMessageStartingWith("encode:logmel: ")
                    .message()
                    .contains("found " + bad, "sample 307 of the utterance");
            samples[6] = 0;
            stage.push(audio(samples), this::keep);
            samples[0] = bad;
            assertThatThrownBy(() -> stage.push(audio(samples), this::keep))
                    .message()
                    .contains("sample 21 of the utterance");
        }
    }

    @Test
    void rowsBeforeASampleThatIsNoNumberComeOut() {
        float[] samples = new float[500];
        samples[280] = Float.NaN;
        assertThatThrownBy(() -> open(Kws.OPTIONS).push(audio(samples), this::keep))
                .message()
                .contains("sample 281");
        assertThat(rows).hasSize(1);
    }

    @Test
    void theLoudestThatIsTakenGivesFiniteRows() {
        float[] samples = new float[280];
        Arrays.fill(samples, 1e12f);
        open(Kws.OPTIONS).push(audio(samples), this::keep);
        for (float feature : rows.get(0)) {
            assertThat(feature).isFinite();
        }
    }

    @Test
    void anotherTypeOrRankIsRefused() {
        assertThatThrownBy(
                        () ->
                                open(Kws.OPTIONS)
                                        .push(Tensor.allocate(Tensor.Type.INT8, 8), row -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("encode:logmel takes audio: type FLOAT32 expected");
        assertThatThrownBy(
                        () ->
                                open(Kws.OPTIONS)
                                        .push(
                                                Tensor.allocate(Tensor.Type.FLOAT32, 1, 8),
                                                row -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 8] found");
    }
}
