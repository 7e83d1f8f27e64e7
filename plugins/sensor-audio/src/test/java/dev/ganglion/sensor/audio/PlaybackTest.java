package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaybackTest {
    @TempDir Path folder;

    private final SteppedClock clock = new SteppedClock(false);
    private final AudioSensor sensor = new AudioSensor(new FakeDevices(), clock);
    private final Heard heard = new Heard();

    private String play(Heard into, String path, String... options) throws Exception {
        Map<String, String> given = new HashMap<>();
        given.put("path", folder.resolve(path).toString());
        for (int i = 0; i < options.length; i += 2) {
            given.put(options[i], options[i + 1]);
        }
        try (AutoCloseable open =
                sensor.open(Options.of("sense:audio", sensor.options(), given, folder), into)) {
            assertThat(open).isNotNull();
            into.log.awaitEnded();
        }
        assertThat(into.log.violations()).isEmpty();
        return folder.resolve(path).toString();
    }

    private static double[] noise(int samples) {
        Random random = new Random(7);
        double[] noise = new double[samples];
        for (int i = 0; i < samples; i++) {
            noise[i] = random.nextInt(-32_768, 32_768) / 32_768.0;
        }
        return noise;
    }

    private static float[] floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void samplesAtTheRightRatePassBitByBit() throws Exception {
        double[] noise = noise(10_007);
        new Wav().write(folder.resolve("a.wav"), noise);
        assertThat(heard.sound(play(heard, "a.wav"))).containsExactly(floats(noise));
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "1, 16", "1, 24", "1, 32", "3, 32", "3, 64"})
    void eachFormatIsRead(int codec, int bits) throws Exception {
        double[] values = {0, 0.5, -0.5, -1, 0.25, -0.0078125, 0.984375};
        Wav.of(codec, bits, 1, 16_000).write(folder.resolve("a.wav"), values);
        assertThat(heard.sound(play(heard, "a.wav"))).containsExactly(floats(values));
        Wav extensible = Wav.of(codec, bits, 1, 16_000);
        extensible.extensible = true;
        extensible.write(folder.resolve("b.wav"), values);
        Heard again = new Heard();
        assertThat(again.sound(play(again, "b.wav"))).containsExactly(floats(values));
    }

    @ParameterizedTest
    @CsvSource({"mix, 0.125", "left, 0.5", "right, -0.25"})
    void channelsAreMixedOrChosen(String channel, float expected) throws Exception {
        Wav.of(Wav.PCM, 16, 4, 16_000)
                .write(folder.resolve("a.wav"), 0.5, -0.25, 0.5, -0.25, 0.5, -0.25, 0.5, -0.25);
        assertThat(heard.sound(play(heard, "a.wav", "channel", channel)))
                .containsExactly(expected, expected);
    }

    @ParameterizedTest
    @CsvSource({"16000, 1", "8000, 1", "44100, 1", "44100, 2", "11025, 1"})
    void whateverTheBlocksTheSamplesAreTheSame(int rateHz, int channels) throws Exception {
        Wav.of(Wav.PCM, 16, channels, rateHz).write(folder.resolve("a.wav"), noise(rateHz));
        String stream = play(heard, "a.wav", "leadMillis", "33", "trailMillis", "7");
        float[] expected = heard.sound(stream);
        assertThat(expected).hasSizeGreaterThan(16_000 / channels);
        for (String blockMillis : List.of("1", "3", "97", "10000")) {
            Heard again = new Heard();
            play(
                    again,
                    "a.wav",
                    "leadMillis",
                    "33",
                    "trailMillis",
                    "7",
                    "blockMillis",
                    blockMillis);
            assertThat(again.sound(stream)).as(blockMillis + " ms").containsExactly(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"44100", "48000", "8000"})
    void anotherRateIsResampledFromTheFirstSampleToTheLast(int rateHz) throws Exception {
        Wav.of(Wav.FLOAT, 64, 1, rateHz)
                .write(folder.resolve("a.wav"), Wav.tone(1_000, 0.5, rateHz, rateHz / 2));
        float[] sound = heard.sound(play(heard, "a.wav"));
        assertThat(sound).hasSize(8_000);
        double[] ideal = Wav.tone(1_000, 0.5, 16_000, 8_000);
        for (int i = 0; i < sound.length; i++) {
            // At both ends the tone breaks off, which a band of 8 kHz cannot follow.
            double tolerance = i < 200 || i >= 7_800 ? 0.05 : 1e-4;
            assertThat(sound[i])
                    .as("sample " + i)
                    .isCloseTo((float) ideal[i], within((float) tolerance));
        }
    }

    @Test
    void silenceAroundAFileIsPartOfItsStream() throws Exception {
        new Wav().write(folder.resolve("a.wav"), 0.5, 0.5);
        String stream =
                play(heard, "a.wav", "leadMillis", "2", "trailMillis", "1", "blockMillis", "1");
        float[] expected = new float[32 + 2 + 16];
        expected[32] = 0.5f;
        expected[33] = 0.5f;
        assertThat(heard.sound(stream)).containsExactly(expected);
        assertThat(heard.of(stream)).extracting(Heard::size).containsExactly(16, 16, 16, 2);
        assertThat(heard.of(stream))
                .extracting(Sample::last)
                .containsExactly(false, false, false, true);
    }

    @Test
    void theLastBlockThatHoldsSamplesIsTheLast() throws Exception {
        new Wav().write(folder.resolve("a.wav"), noise(640));
        String stream = play(heard, "a.wav");
        assertThat(heard.of(stream)).extracting(Sample::sequence).containsExactly(1L, 2L);
        assertThat(heard.of(stream)).extracting(Heard::size).containsExactly(320, 320);
        assertThat(heard.of(stream)).extracting(Sample::last).containsExactly(false, true);
        assertThat(heard.log.isCaughtUp()).isTrue();
    }

    @Test
    void theFilesOfAFolderComeInOrderAndBadOnesAreReported() throws Exception {
        new Wav().write(folder.resolve("c.WAV"), 0.25);
        new Wav().write(folder.resolve("a.wav"), 0.5);
        Wav lying = new Wav();
        lying.dataBytes = 99;
        lying.write(folder.resolve("b.wav"), 0.5);
        Files.writeString(folder.resolve("notes.txt"), "not included");
        play(heard, ".");
        assertThat(heard.log.samples())
                .extracting(Sample::stream)
                .containsExactly(
                        folder.resolve("a.wav").toString(), folder.resolve("c.WAV").toString());
        assertThat(heard.log.failures()).hasSize(1);
        assertThat(heard.log.failures().get(0).stream())
                .isEqualTo(folder.resolve("b.wav").toString());
        assertThat(heard.log.failures().get(0).cause()).hasMessageContaining("99 bytes follow");
    }

    @Test
    void aSampleThatIsNoNumberEndsItsFileAndTheNextGoesOn() throws Exception {
        double[] values = noise(1_000);
        values[700] = Double.NaN;
        Wav.of(Wav.FLOAT, 32, 1, 16_000).write(folder.resolve("a.wav"), values);
        new Wav().write(folder.resolve("b.wav"), 0.5);
        play(heard, ".");
        List<Sample<?>> begun = heard.of(folder.resolve("a.wav").toString());
        assertThat(begun).extracting(Heard::size).containsExactly(320, 320, 0);
        assertThat(begun).extracting(Sample::last).containsExactly(false, false, true);
        assertThat(begun).extracting(Sample::sequence).containsExactly(1L, 2L, 4L);
        assertThat(heard.log.failures().get(0).cause())
                .hasMessageContainingAll("a.wav", "NaN", "frame 700");
        assertThat(heard.log.failures().get(0).sequence()).isEqualTo(3);
        assertThat(heard.of(folder.resolve("b.wav").toString())).hasSize(1);
    }

    @Test
    void aFileThatIsCutWhileItIsReadIsReportedAndItsUtteranceEnds() throws Exception {
        Path file = new Wav().write(folder.resolve("a.wav"), noise(1_000));
        Heard cutting =
                new Heard() {
                    @Override
                    public void put(Sample<?> sample) {
                        super.put(sample);
                        try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                            cut.truncate(44 + 2 * 400);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                };
        play(cutting, "a.wav");
        assertThat(cutting.log.failures().get(0).cause())
                .hasMessageContainingAll("1000 frames", "cut off");
        assertThat(cutting.of(file.toString())).extracting(Heard::size).containsExactly(320, 0);
        assertThat(cutting.of(file.toString()).get(1).last()).isTrue();
    }

    @Test
    void aBlockInRealTimeComesWhenItsLastSampleIsDue() throws Exception {
        new Wav().write(folder.resolve("a.wav"), noise(16_000));
        long startNanos = clock.nanos();
        List<Long> whenNanos = new ArrayList<>();
        Heard timed =
                new Heard() {
                    @Override
                    public boolean offer(Sample<?> sample) {
                        whenNanos.add(clock.nanos());
                        return super.offer(sample);
                    }
                };
        String stream = play(timed, "a.wav", "pace", "realtime", "blockMillis", "30");
        List<Sample<?>> samples = timed.of(stream);
        assertThat(samples).hasSize(34);
        for (int i = 0; i < 33; i++) {
            assertThat(samples.get(i).capturedNanos() - startNanos)
                    .isEqualTo((i + 1) * 30_000_000L);
        }
        assertThat(samples.get(33).capturedNanos() - startNanos).isEqualTo(1_000_000_000L);
        assertThat(whenNanos)
                .containsExactlyElementsOf(samples.stream().map(Sample::capturedNanos).toList());
    }

    @Test
    void whoIsLateCatchesUpAndTheTimesStay() throws Exception {
        new Wav().write(folder.resolve("a.wav"), noise(16_000));
        long startNanos = clock.nanos();
        Heard slow =
                new Heard() {
                    @Override
                    public boolean offer(Sample<?> sample) {
                        if (sample.sequence() == 1) {
                            clock.pass(500_000_000);
                        }
                        return super.offer(sample);
                    }
                };
        String stream = play(slow, "a.wav", "pace", "realtime");
        assertThat(slow.of(stream)).hasSize(50);
        assertThat(slow.of(stream).get(49).capturedNanos() - startNanos).isEqualTo(1_000_000_000);
        assertThat(clock.nanos() - startNanos).isEqualTo(1_000_000_000);
    }

    @Test
    void manyFilesAtOnceComeFromOneThreadEachAtItsOwnPace() throws Exception {
        for (int i = 0; i < 50; i++) {
            new Wav().write(folder.resolve("%02d.wav".formatted(i)), noise(1_600));
        }
        Files.writeString(folder.resolve("10b.wav"), "no sound");
        long startNanos = clock.nanos();
        List<Thread> threads = new ArrayList<>();
        Heard timed =
                new Heard() {
                    @Override
                    public boolean offer(Sample<?> sample) {
                        threads.add(Thread.currentThread());
                        assertThat(clock.nanos() - sample.capturedNanos()).isNotNegative();
                        return super.offer(sample);
                    }
                };
        play(timed, ".", "pace", "realtime", "parallel", "40");
        assertThat(threads).hasSize(50 * 5).containsOnly(threads.get(0));
        assertThat(timed.log.failures()).hasSize(1);
        for (int i = 0; i < 50; i++) {
            List<Sample<?>> samples = timed.of(folder.resolve("%02d.wav".formatted(i)).toString());
            assertThat(samples).extracting(Sample::sequence).containsExactly(1L, 2L, 3L, 4L, 5L);
            long first = samples.get(0).capturedNanos();
            assertThat(samples)
                    .extracting(sample -> (sample.capturedNanos() - first) / 1_000_000)
                    .containsExactly(0L, 20L, 40L, 60L, 80L);
            // The first forty begin within one block, the others when those are over.
            assertThat((first - startNanos) / 1_000_000)
                    .isBetween(i < 40 ? 20L : 120L, i < 40 ? 40L : 140L);
        }
    }

    @Test
    void severalFilesAtOnceTakeTurns() throws Exception {
        new Wav().write(folder.resolve("a.wav"), noise(960));
        new Wav().write(folder.resolve("b.wav"), noise(960));
        play(heard, ".", "parallel", "2");
        assertThat(heard.log.samples())
                .extracting(Sample::sequence)
                .containsExactly(1L, 1L, 2L, 2L, 3L, 3L);
    }
}
