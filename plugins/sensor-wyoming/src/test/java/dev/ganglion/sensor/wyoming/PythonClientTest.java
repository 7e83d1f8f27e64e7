package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client that Home Assistant uses. */
class PythonClientTest {
    @TempDir Path folder;

    @BeforeAll
    static void needsThePackage() throws Exception {
        int code;
        try {
            code = new ProcessBuilder("python3", "-c", "import wyoming.client").start().waitFor();
        } catch (IOException noPython) {
            code = -1;
        }
        assumeTrue(
                code == 0,
                "the Python package wyoming is not installed; python3 -m pip install wyoming");
    }

    private static void handle(Sample<?> sample, Sensor.Follower follower) {
        if (sample.last() && !sample.value().toString().equals("hum")) {
            follower.heard("lights on");
            follower.said("Done.");
            follower.decided(new Decision("HassTurnOn", Map.of("area", "hall"), 1, true), "");
        }
        follower.ended("");
    }

    private String talk(String service, String... options) throws Exception {
        Path script = folder.resolve("client.py");
        try (InputStream in = PythonClientTest.class.getResourceAsStream("client.py")) {
            Files.copy(in, script);
        }
        int port = Peer.freePort();
        try (AutoCloseable open =
                Sensors.open(new Route(PythonClientTest::handle), port, options)) {
            assertThat(open).isNotNull();
            Process client =
                    new ProcessBuilder("python3", script.toString(), String.valueOf(port), service)
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(client.waitFor()).as(said).isZero();
            return said;
        }
    }

    @Test
    void itsSpeechIsTranscribed() throws Exception {
        assertThat(talk("asr", "kind=audio"))
                .contains("\"transcript\": \"lights on\"", "\"languages\": [\"en\"]", "44000 Hz");
    }

    @Test
    void itsTextIsHandled() throws Exception {
        assertThat(talk("handle"))
                .contains(
                        "\"handled\": \"Done.\"", "\"not-handled\": \"This was not understood.\"");
    }

    @Test
    void itsTextBecomesAnIntent() throws Exception {
        assertThat(talk("intent", "answer=intent"))
                .contains("\"intent\": \"HassTurnOn\"", "\"entities\": {\"area\": \"hall\"}");
    }
}
