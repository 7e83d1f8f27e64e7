package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ControlSocketTest {
    private static final long LONG_MILLIS = 50_000;
    private static final Function<Map<String, Object>, Map<String, Object>> ECHO =
            request -> Map.of("ok", true, "command", String.valueOf(request.get("command")));

    @TempDir Path folder;
    private Path own = Path.of("");

    @BeforeEach
    void makeFolderOfThisProcess() throws IOException {
        own = Files.createDirectory(folder.resolve("cache-1"));
    }

    private ControlSocket open() throws IOException {
        return ControlSocket.open(folder, own, ECHO, LONG_MILLIS);
    }

    private SocketChannel connect() throws IOException {
        return ControlSocket.inShort(
                folder,
                path ->
                        SocketChannel.open(
                                UnixDomainSocketAddress.of(path.resolve(ControlSocket.FILE))));
    }

    private static Map<String, Object> answer(SocketChannel client) throws IOException {
        BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        return JSON.std.mapFrom(in.readLine());
    }

    private Map<String, Object> sent(String text) throws IOException {
        try (SocketChannel client = connect()) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
            return answer(client);
        }
    }

    @Test
    void aRequestIsAnswered() throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            assertThat(new ControlClient(folder).ask(Map.of("command", "top")))
                    .containsEntry("command", "top");
            assertThat(new ControlClient(folder).ask(Map.of("command", "route.list")))
                    .containsEntry("command", "route.list");
        }
    }

    @Test
    void onlyTheOwnerMayConnect() throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            Path file = folder.resolve("control.sock");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(own).as("where it was born").isEmptyDirectory();
        }
    }

    @Test
    void itIsGoneWhenItWasClosed() throws IOException {
        open().close();
        assertThat(folder.resolve("control.sock")).doesNotExist();
        assertThatThrownBy(() -> new ControlClient(folder).ask(Map.of("command", "top")))
                .hasMessage(
                        "no container runs on "
                                + folder
                                + "; start one with 'ganglion start' or 'ganglion run ROUTES'");
    }

    /** As a container leaves it that was killed. */
    private void leaveSocket() throws IOException {
        ControlSocket.inShort(
                        folder,
                        path ->
                                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                                        .bind(
                                                UnixDomainSocketAddress.of(
                                                        path.resolve(ControlSocket.FILE))))
                .close();
        assertThat(folder.resolve("control.sock")).exists();
    }

    @Test
    void nobodyAnswersOnTheSocketOfAContainerThatWasKilled() throws IOException {
        leaveSocket();
        assertThatThrownBy(() -> new ControlClient(folder).ask(Map.of("command", "top")))
                .hasMessageStartingWith("no container runs on " + folder + ";");
    }

    @Test
    void theSocketOfAContainerThatWasKilledIsReplaced() throws IOException {
        leaveSocket();
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            assertThat(sent("{\"command\":\"top\"}\n")).containsEntry("ok", true);
        }
    }

    @Test
    void aFolderWhosePathIsTooLongForASocketIsReachedToo() throws IOException {
        Path deep = folder.resolve("a".repeat(100)).resolve("b".repeat(100));
        Path deepOwn = Files.createDirectories(deep.resolve("cache-1"));
        try (ControlSocket socket = ControlSocket.open(deep, deepOwn, ECHO, LONG_MILLIS)) {
            assertThat(socket).isNotNull();
            assertThat(deep.resolve("control.sock")).exists();
            assertThat(new ControlClient(deep).ask(Map.of("command", "top")))
                    .containsEntry("ok", true);
        }
    }

    @Test
    void withoutItsFolderNoneIsOpened() {
        assertThatThrownBy(
                        () ->
                                ControlSocket.open(
                                        folder.resolve("absent"),
                                        folder.resolve("absent/cache-1"),
                                        ECHO,
                                        LONG_MILLIS))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"top\n", "[\"top\"]\n", "\n", "{\"command\":\n", "7\n"})
    void whatIsNoJsonObjectIsRefused(String request) throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            Map<String, Object> answer = sent(request);
            assertThat(answer).containsEntry("ok", false);
            assertThat(String.valueOf(answer.get("sentence")))
                    .startsWith("the request is no JSON object (")
                    .endsWith("); send one in one line, such as {\"command\":\"top\"}");
            assertThat(sent("{\"command\":\"top\"}\n")).containsEntry("ok", true);
        }
    }

    @Test
    void aRequestThatDoesNotEndIsRefusedOnceItIsTooLong() throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            assertThat(sent("x".repeat(ControlSocket.REQUEST_BYTES + 1)))
                    .containsEntry("ok", false)
                    .containsEntry(
                            "sentence",
                            "the request is longer than 65536 bytes; send one JSON object in one"
                                    + " line");
            assertThat(sent("{\"command\":\"top\"}\n")).containsEntry("ok", true);
        }
    }

    @Test
    void aRequestOfTheGreatestLengthIsTaken() throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            String begin = "{\"command\":\"";
            String name = "x".repeat(ControlSocket.REQUEST_BYTES - begin.length() - 2);
            assertThat(sent(begin + name + "\"}\n")).containsEntry("command", name);
        }
    }

    @Test
    void clientsThatSayNothingKeepNobodyElseWaiting() throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            List<SocketChannel> silent = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                silent.add(connect());
            }
            assertThat(sent("{\"command\":\"top\"}\n")).containsEntry("ok", true);
            for (SocketChannel client : silent) {
                client.close();
            }
        }
    }

    @Test
    void aClientThatSaysNothingIsTurnedAway() throws IOException {
        try (ControlSocket socket = ControlSocket.open(folder, own, ECHO, 20);
                SocketChannel client = connect()) {
            assertThat(socket).isNotNull();
            assertThat(answer(client))
                    .containsEntry("ok", false)
                    .containsEntry(
                            "sentence",
                            "the request did not end within 20 ms; send one JSON object and the"
                                    + " end of the line");
        }
    }

    @Test
    void aClientThatGoesAwayWithoutReadingHarmsNobody() throws IOException {
        try (ControlSocket socket = open()) {
            assertThat(socket).isNotNull();
            SocketChannel client = connect();
            client.write(ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.UTF_8)));
            client.close();
            assertThat(sent("{\"command\":\"top\"}\n")).containsEntry("ok", true);
        }
    }

    @Test
    void aCommandThatFailsIsAnsweredWithASentence() throws IOException {
        try (ControlSocket socket =
                ControlSocket.open(
                        folder,
                        own,
                        request -> {
                            throw new IllegalStateException("no lamp");
                        },
                        LONG_MILLIS)) {
            assertThat(socket).isNotNull();
            assertThatThrownBy(() -> new ControlClient(folder).ask(Map.of("command", "top")))
                    .hasMessage(
                            "the container failed to answer top (java.lang.IllegalStateException:"
                                    + " no lamp); what runs goes on");
        }
    }

    @Test
    void aRefusalOfTheContainerIsItsSentence() throws IOException {
        try (ControlSocket socket =
                ControlSocket.open(
                        folder,
                        own,
                        request -> ControlSocket.refused("there is no model 'x'"),
                        LONG_MILLIS)) {
            assertThat(socket).isNotNull();
            assertThatThrownBy(() -> new ControlClient(folder).ask(Map.of("command", "x")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("there is no model 'x'");
        }
    }
}
