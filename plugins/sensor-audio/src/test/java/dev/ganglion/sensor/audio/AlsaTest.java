package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real way through Java Sound and ALSA, with a file where the sound card would be. In a process
 * of its own, since ALSA reads its configuration once.
 */
class AlsaTest {
    private static final int SAMPLES = 1_600;

    @TempDir Path folder;

    @Test
    void javaSoundGivesWhatAlsaRecords() throws Exception {
        ByteBuffer raw = ByteBuffer.allocate(2 * SAMPLES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < SAMPLES; i++) {
            raw.putShort((short) (i + 1));
        }
        Path sound = Files.write(folder.resolve("sound.raw"), raw.array());
        Path configuration =
                Files.writeString(
                        folder.resolve("asound.conf"),
                        """
                        pcm.!default {
                          type file
                          slave.pcm "nothing"
                          file "/dev/null"
                          infile "%s"
                          format "raw"
                        }
                        pcm.nothing { type null }
                        """
                                .formatted(sound));
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                AlsaTest.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("ALSA_CONFIG_PATH", configuration.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assumeFalse(
                said.contains("finds no device that records"),
                "Java Sound finds no ALSA here, so no sound card can be put in its place");
        assertThat(said)
                .contains("heard " + SAMPLES + " in order from nothing [default]")
                .contains("which has any channels at any rate, mono at any rate")
                .contains("tried at [8000, ", " 44100, 48000, ", " 192000]");
    }

    /** Hears one round of the file. */
    public static void main(String[] arguments) throws IOException {
        AudioSensor sensor = new AudioSensor();
        Heard heard = new Heard();
        String device = new JavaSound().names().stream().findFirst().orElse("default");
        try (AutoCloseable open =
                sensor.open(
                        Options.of(
                                "sense:audio",
                                sensor.options(),
                                Map.of("device", device),
                                Path.of("")),
                        heard)) {
            heard.log.awaitSamples(SAMPLES / 320);
        } catch (Exception e) {
            System.out.println(e.getMessage());
            return;
        }
        float[] samples = heard.sound(device);
        int inOrder = 0;
        while (inOrder < SAMPLES && samples[inOrder] == (inOrder + 1) / 32_768f) {
            inOrder++;
        }
        System.out.println("heard " + inOrder + " in order from " + device);
        System.out.println("which has " + new JavaSound().offered(device));
        System.out.println("tried at " + new JavaSound().ratesHz(device));
    }
}
