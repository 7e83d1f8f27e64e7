package dev.ganglion.actuator.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ganglion.api.act.Actuator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real way to a sound device, with a file where the sound card would be. In a process of its
 * own, since ALSA reads its configuration once.
 */
class AlsaTest {
    private static final String SOUND = "sound.".repeat(1_000);

    @TempDir Path folder;

    private String run(String what) throws Exception {
        Path configuration =
                Files.writeString(
                        folder.resolve("asound.conf"),
                        """
                        pcm.!default {
                          type file
                          slave.pcm "nothing"
                          file "|cat >> %s"
                          format "raw"
                        }
                        pcm.nothing { type null }
                        """
                                .formatted(folder.resolve("played")));
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                AlsaTest.class.getName(),
                                what)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("ALSA_CONFIG_PATH", configuration.toString());
        // Or espeak-ng would prefer a sound server that is there.
        builder.environment().put("PULSE_SERVER", "unix:/nonexistent");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assumeFalse(
                said.contains("there is none") || said.contains("no sound device"),
                "no ALSA here, so no sound card can be put in its place");
        return said;
    }

    /** Another program writes it down, and may need a moment more. */
    private byte[] played(int least) throws Exception {
        Path file = folder.resolve("played");
        long start = System.nanoTime();
        while (!Files.exists(file) || Files.size(file) < least) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.yield();
        }
        return Files.readAllBytes(file);
    }

    @Test
    void aServersSoundIsPlayedAsItCame() throws Exception {
        assertThat(run("server")).contains("done");
        assertThat(new String(played(SOUND.length()), StandardCharsets.US_ASCII)).contains(SOUND);
    }

    @Test
    void espeakNgSpeaksOnTheDevice() throws Exception {
        Speech.needsEspeak();
        assertThat(run("espeak")).contains("done");
        assertThat(played(20_000)).isNotEmpty();
    }

    /** Says one text on the device. */
    public static void main(String[] arguments) throws IOException {
        try (Piper piper = new Piper()) {
            String format = "{\"rate\":22050,\"width\":2,\"channels\":1}";
            piper.answer =
                    "{\"type\":\"audio-chunk\",\"data_length\":37,\"payload_length\":"
                            + SOUND.length()
                            + "}~"
                            + format
                            + SOUND
                            + "{\"type\":\"audio-stop\"}~";
            String[] options =
                    arguments[0].equals("server")
                            ? new String[] {"server=tcp://127.0.0.1:" + piper.port()}
                            : new String[0];
            try (Actuator.Device device = Speech.open(new SpeechActuator(), options)) {
                Speech.say(device, "The kitchen light is on.");
            } catch (RuntimeException refused) {
                System.out.println(refused.getMessage());
                return;
            }
            System.out.println("done");
        }
    }
}
