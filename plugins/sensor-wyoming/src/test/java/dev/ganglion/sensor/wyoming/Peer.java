package dev.ganglion.sensor.wyoming;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The other end: bytes by hand, so that the reader and the writer do not test each other. */
final class Peer implements AutoCloseable {
    private static final int LIMIT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    Peer(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Peer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Each {@code ~} is the end of a header. */
    Peer send(String text) throws IOException {
        return send(text.replace('~', '\n').getBytes(StandardCharsets.UTF_8));
    }

    Peer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sixteen bits, mono. */
    Peer sendChunk(int rateHz, int... samples) throws IOException {
        byte[] sound = new byte[2 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            sound[2 * i] = (byte) samples[i];
            sound[2 * i + 1] = (byte) (samples[i] >> 8);
        }
        String data = "{\"rate\":" + rateHz + ",\"width\":2,\"channels\":1,\"timestamp\":null}";
        send(
                "{\"type\":\"audio-chunk\",\"version\":\"1.7.2\",\"data_length\":"
                        + data.length()
                        + ",\"payload_length\":"
                        + sound.length
                        + "}~"
                        + data);
        return send(sound);
    }

    /** The next event, as its type, a blank and its data; {@code end} when there is none. */
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        if (line.size() == 0) {
            return "end";
        }
        Map<String, Object> header = JSON.std.mapFrom(line.toString(StandardCharsets.UTF_8));
        Integer length = (Integer) header.get("data_length");
        String data =
                length == null
                        ? ""
                        : " " + new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return header.get("type") + data;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
