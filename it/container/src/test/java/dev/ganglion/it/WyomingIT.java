package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container that speaks Wyoming, as Home Assistant would use it. */
class WyomingIT {
    private static final int WAV_HEADER_BYTES = 44;
    private static final int CHUNK_BYTES = 2048;
    private static final int TIMEOUT_MILLIS = 30_000;

    @TempDir Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path route(String sense, String... steps) {
        List<String> all = new ArrayList<>(List.of(steps));
        Path assistant = Path.of(Ganglion.route("assistant"));
        all.add(
                "cascade:"
                        + assistant.resolve("understand.yaml")
                        + "?engine=onnxruntime&grammar=model");
        all.add("act:home?home=" + assistant.resolve("home.yaml"));
        return Folders.route(folder.resolve("route"), "wyoming", sense, all.toArray(String[]::new));
    }

    /** The other end, by the protocol's documentation and nothing of ours. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void send(String type, Map<String, Object> data, byte[] payload) throws IOException {
            Map<String, Object> header = new LinkedHashMap<>();
            header.put("type", type);
            header.put("data", data);
            if (payload.length > 0) {
                header.put("payload_length", payload.length);
            }
            out.write((JSON.std.asString(header) + "\n").getBytes(StandardCharsets.UTF_8));
            out.write(payload);
            out.flush();
        }

        /** The next event of this type, with its data. */
        Map<String, Object> await(String type) throws IOException {
            while (true) {
                StringBuilder line = new StringBuilder();
                for (int c = in.read(); c != '\n'; c = in.read()) {
                    if (c < 0) {
                        throw new AssertionError("closed before " + type + ": " + line);
                    }
                    line.append((char) c);
                }
                Map<String, Object> header = JSON.std.mapFrom(line.toString());
                Map<String, Object> data = new LinkedHashMap<>();
                if (header.get("data") instanceof Map<?, ?> inline) {
                    inline.forEach((key, value) -> data.put(String.valueOf(key), value));
                }
                if (header.get("data_length") instanceof Number length) {
                    data.putAll(
                            JSON.std.mapFrom(
                                    new String(
                                            in.readNBytes(length.intValue()),
                                            StandardCharsets.UTF_8)));
                }
                if (header.get("payload_length") instanceof Number length) {
                    in.skipNBytes(length.intValue());
                }
                if (type.equals(header.get("type"))) {
                    return data;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aTextIsHandledAndTheHomeActs() throws IOException {
        int port = freePort();
        Path route = route("sense:wyoming?kind=text&port=" + port);
        try (Ganglion run = Ganglion.start(folder, "run", route.toString())) {
            run.awaitOut(line -> line.contains(" runs"));
            try (Client client = new Client(port)) {
                client.send("describe", Map.of(), new byte[0]);
                assertThat(client.await("info").toString()).contains("handle");
                client.send(
                        "transcript", Map.of("text", "turn on the kitchen lights"), new byte[0]);
                assertThat(client.await("handled"))
                        .containsEntry("text", "Turning on the lights in the kitchen.");
                run.awaitErr(
                        line -> line.contains("\"counter light\"") && line.contains("\"on\":true"));
                client.send(
                        "transcript",
                        Map.of("text", "turn on the light in the cellar"),
                        new byte[0]);
                assertThat(client.await("not-handled").toString()).contains("cellar");
            }
            try (Client liar = new Client(port)) {
                liar.send("transcript", Map.of("text", "x".repeat(100_000)), new byte[0]);
                assertThat(liar.await("error").toString()).isNotBlank();
            }
            try (Client next = new Client(port)) {
                next.send("transcript", Map.of("text", "what time is it"), new byte[0]);
                assertThat(next.await("handled")).containsEntry("text", "Here is the time.");
            }
        }
    }

    @Test
    void soundBecomesATranscriptAndAnAction() throws IOException {
        assumeTrue(
                Files.exists(Ganglion.image().resolve("models/moonshine-tiny")),
                "moonshine-tiny was left out of this build: npm could not fetch it");
        int port = freePort();
        Path route =
                route(
                        "sense:wyoming?kind=audio&port=" + port,
                        "encode:vad?whole=true&peak=0.9",
                        "infer:moonshine-tiny");
        byte[] wav =
                Files.readAllBytes(
                        Path.of(
                                Ganglion.route("voice-home"),
                                "clips",
                                "01-turn-on-the-kitchen-lights.wav"));
        Map<String, Object> format = Map.of("rate", 16_000, "width", 2, "channels", 1);
        try (Ganglion run = Ganglion.start(folder, "run", route.toString())) {
            run.awaitOut(line -> line.contains(" runs"));
            try (Client client = new Client(port)) {
                client.send("transcribe", Map.of("language", "en"), new byte[0]);
                client.send("audio-start", format, new byte[0]);
                for (int at = WAV_HEADER_BYTES; at < wav.length; at += CHUNK_BYTES) {
                    byte[] chunk =
                            java.util.Arrays.copyOfRange(
                                    wav, at, Math.min(wav.length, at + CHUNK_BYTES));
                    client.send("audio-chunk", format, chunk);
                }
                client.send("audio-stop", Map.of(), new byte[0]);
                assertThat(client.await("transcript"))
                        .containsEntry("text", "Turn on the kitchen lights.");
            }
            run.awaitErr(
                    line -> line.contains("\"counter light\"") && line.contains("\"on\":true"));
        }
    }
}
