package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A microphone at a rate of its own. */
class CaptureTest {
    private static final String STREAM = "microphone";

    private final FakeDevices devices = new FakeDevices();
    private final SteppedClock clock = new SteppedClock(true);
    private final AudioSensor sensor = new AudioSensor(devices, clock);
    private final Heard heard = new Heard();

    private AutoCloseable open(String... options) throws InterruptedException {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            given.put(options[i], options[i + 1]);
        }
        AutoCloseable open =
                sensor.open(Options.of("sense:audio", sensor.options(), given, Path.of("")), heard);
        devices.awaitOpening();
        return open;
    }

    private static int[] tone(int sampleRateHz, int samples, int channels) {
        double[] tone = Wav.tone(440, 0.5, sampleRateHz, samples);
        int[] frames = new int[samples * channels];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = (int) Math.round(tone[i / channels] * 32_768);
        }
        return frames;
    }

    /** Away from both ends, where silence begins and the filter rings. */
    private static void assertTone(float[] sound, int sampleRateHz) {
        double[] ideal = Wav.tone(440, 0.5, sampleRateHz, sound.length);
        double error = 0;
        double level = 0;
        for (int i = sound.length / 10; i < sound.length * 9 / 10; i++) {
            error += (sound[i] - ideal[i]) * (sound[i] - ideal[i]);
            level += ideal[i] * ideal[i];
        }
        assertThat(10 * Math.log10(error / level)).isLessThan(-70);
    }

    @ParameterizedTest
    @CsvSource({
        "48000, 16000, 1, 20",
        "48000, 16000, 1, 1",
        "48000, 16000, 2, 20",
        "44100, 16000, 1, 20",
        "44100, 16000, 1, 7",
        "44100, 8000, 2, 1000",
        "8000, 16000, 1, 1",
        "32000, 44100, 1, 20"
    })
    void aToneOf440HzArrivesAs440HzAsLongAndAsLoud(
            int deviceHz, int wantedHz, int channels, int blockMillis) throws Exception {
        devices.onlyRateHz = deviceHz;
        devices.onlyChannels = channels;
        int blockSamples = wantedHz * blockMillis / 1_000;
        try (AutoCloseable open =
                open("sampleRateHz", "" + wantedHz, "blockMillis", "" + blockMillis)) {
            devices.speak(tone(deviceHz, deviceHz, channels));
            devices.unplug();
            heard.awaitAway();
        }
        assertThat(heard.sound(STREAM)).hasSize(wantedHz);
        assertTone(heard.sound(STREAM), wantedHz);
        List<Sample<?>> samples = heard.of(STREAM);
        int whole = samples.size() - 1;
        assertThat(samples.subList(0, whole))
                .allMatch(sample -> Heard.size(sample) == blockSamples && !sample.last());
        assertThat(samples.get(whole).last()).isTrue();
        assertThat(samples.get(whole).sequence()).isEqualTo(samples.size());
        assertThat(heard.log.violations()).isEmpty();
    }

    @Test
    void howeverItIsCutIntoBlocksTheSoundIsTheSame() throws Exception {
        devices.onlyRateHz = 44_100;
        float[] first = null;
        for (String blockMillis : List.of("1", "13", "500")) {
            Heard each = new Heard();
            devices.pluggedIn = true;
            Map<String, String> given = Map.of("blockMillis", blockMillis);
            Options options = Options.of("sense:audio", sensor.options(), given, Path.of(""));
            try (AutoCloseable open = sensor.open(options, each)) {
                devices.awaitOpening();
                devices.speak(noise(10_007));
                devices.unplug();
                each.awaitAway();
            }
            first = first == null ? each.sound(STREAM) : first;
            assertThat(each.sound(STREAM)).hasSize(3_631).containsExactly(first);
        }
    }

    private static int[] noise(int samples) {
        return new Random(7).ints(samples, -32_768, 32_768).toArray();
    }

    @Test
    void aDeviceThatHasTheRateIsHeardBitByBit() throws Exception {
        devices.saidRatesHz = List.of(48_000, 44_100);
        devices.honest = true;
        int[] noise = noise(1_607);
        try (AutoCloseable open = open()) {
            devices.speak(noise);
            devices.unplug();
            heard.awaitAway();
        }
        float[] expected = new float[noise.length];
        for (int i = 0; i < noise.length; i++) {
            expected[i] = noise[i] / 32_768f;
        }
        assertThat(heard.sound(STREAM)).containsExactly(expected);
        assertThat(devices.triedRatesHz).containsExactly(16_000);
    }

    @Test
    void aRateThatHoldsTheWholeBandIsPreferredAndNoneTriedThatTheDeviceDoesNotName()
            throws Exception {
        devices.onlyRateHz = 11_025;
        devices.saidRatesHz = List.of(8_000, 192_000, 16_000, 22_050, 44_100, 48_000);
        open().close();
        // Mono opens, so stereo is tried only at those before.
        assertThat(devices.triedRatesHz.stream().distinct())
                .containsExactly(16_000, 48_000, 44_100, 22_050, 192_000, 11_025);
    }

    @Test
    void aBlockIsAsOldAsItsLastSampleNotAsWhatTheFilterNeedsAheadOfIt() throws Exception {
        devices.onlyRateHz = 48_000;
        long now = clock.nanos();
        try (AutoCloseable open = open()) {
            // 320 samples, and 3 ms (144 frames) ahead of the last one, which is frame 957.
            devices.speak(new int[957 + 1 + 144]);
            heard.log.awaitSamples(1);
            clock.pass(20_000_000);
            devices.speak(new int[960]);
            heard.log.awaitSamples(2);
            devices.unplug();
            heard.awaitAway();
        }
        assertThat(heard.of(STREAM))
                .extracting(sample -> sample.capturedNanos() - now)
                .containsExactly(-3_000_000L, 17_000_000L, 20_000_000L);
    }

    @Test
    void aDeviceThatComesBackAtAnotherRateIsHeardAfreshAtTheSame() throws Exception {
        devices.onlyRateHz = 48_000;
        try (AutoCloseable open = open()) {
            int[] loud = new int[4_800];
            Arrays.fill(loud, 32_767);
            devices.speak(loud);
            devices.unplug();
            heard.awaitAway();
            clock.awaitWait();
            devices.onlyRateHz = 44_100;
            devices.plugIn();
            clock.step();
            devices.awaitOpening();
            devices.speak(new int[4_410]);
            devices.speak(tone(44_100, 44_100, 1));
            devices.unplug();
            heard.awaitAway();
        }
        float[] sound = heard.sound(STREAM);
        assertThat(sound).hasSize(1_600 + 1_600 + 16_000);
        assertThat(sound[800]).isEqualTo(32_767 / 32_768f, within(1e-5f));
        // Nothing of what was loud before is left, up to where the filter hears the tone.
        for (int i = 1_600; i < 3_100; i++) {
            assertThat(sound[i]).isZero();
        }
        assertTone(Arrays.copyOfRange(sound, 3_200, sound.length), 16_000);
        assertThat(heard.of(STREAM).stream().filter(Sample::last)).hasSize(2);
        assertThat(heard.log.violations()).isEmpty();
    }

    @Test
    void aDeviceThatComesBackAtTheWantedRateIsNoLongerResampled() throws Exception {
        devices.onlyRateHz = 48_000;
        try (AutoCloseable open = open("blockMillis", "1")) {
            devices.unplug();
            heard.awaitAway();
            clock.awaitWait();
            devices.onlyRateHz = 16_000;
            devices.plugIn();
            clock.step();
            devices.awaitOpening();
            devices.speak(noise(16));
            heard.log.awaitSamples(1);
        }
        assertThat(heard.sound(STREAM)).startsWith(noise(16)[0] / 32_768f, noise(16)[1] / 32_768f);
    }

    @Test
    void aDeviceThatIsGoneBeforeItGaveASoundGivesNoBlock() throws Exception {
        devices.onlyRateHz = 48_000;
        try (AutoCloseable open = open()) {
            devices.unplugWithAnError();
            assertThat(heard.awaitAway()).contains("the line was lost");
        }
        assertThat(heard.log.samples()).isEmpty();
    }
}
