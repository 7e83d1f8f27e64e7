package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the container that runs on a folder. */
final class ControlClient {
    private final Path folder;

    /**
     * Nothing is asked yet.
     *
     * @param folder the {@code var} of the container
     */
    ControlClient(Path folder) {
        this.folder = folder;
    }

    /**
     * Asks, and waits for the answer as long as the container runs.
     *
     * @throws IOException with a sentence when no container runs there or it refuses
     */
    Map<String, Object> ask(Map<String, Object> request) throws IOException {
        String line = line(request);
        Map<String, Object> answer = line == null ? null : JSON.std.mapFrom(line);
        if (answer == null) {
            throw new IOException(
                    "the container on "
                            + folder
                            + " ended the connection without an answer; it is stopping or has too"
                            + " many to answer: ask again");
        }
        if (!Boolean.TRUE.equals(answer.get("ok"))) {
            throw new IOException(String.valueOf(answer.get("sentence")));
        }
        return answer;
    }

    private @Nullable String line(Map<String, Object> request) throws IOException {
        byte[] asked = (JSON.std.asString(request) + "\n").getBytes(StandardCharsets.UTF_8);
        try (SocketChannel socket = connect();
                BufferedReader answers =
                        new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8))) {
            ByteBuffer bytes = ByteBuffer.wrap(asked);
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
            return answers.readLine();
        } catch (Unreachable e) {
            throw e;
        } catch (IOException cut) {
            return null;
        }
    }

    /** No container can be asked; the sentence says why. */
    private static final class Unreachable extends IOException {
        private static final long serialVersionUID = 1;

        Unreachable(String sentence, @Nullable Throwable cause) {
            super(sentence, cause);
        }
    }

    private SocketChannel connect() throws Unreachable {
        String none =
                "no container runs on "
                        + folder
                        + "; start one with 'ganglion start' or 'ganglion run ROUTES'";
        if (!Files.exists(folder.resolve(ControlSocket.FILE))) {
            throw new Unreachable(none, null);
        }
        try {
            return ControlSocket.inShort(
                    folder,
                    path ->
                            SocketChannel.open(
                                    UnixDomainSocketAddress.of(path.resolve(ControlSocket.FILE))));
        } catch (ConnectException leftOver) {
            throw new Unreachable(none, leftOver);
        } catch (IOException e) {
            throw new Unreachable(
                    "the container on "
                            + folder
                            + " cannot be asked ("
                            + e.getMessage()
                            + "); only the user who started it may",
                    e);
        }
    }
}
