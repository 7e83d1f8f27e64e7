package dev.ganglion.sensor.series;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * Sockets that read nothing, not even the end, before the first byte was sent.
 *
 * <p>The client library starts its threads one by one and only then sends; each start waits, for
 * ever, until the thread before it is seen running. A connection that ends in that moment, as at a
 * port that is forwarded to a broker which is down, would leave such a thread behind at each
 * attempt. In MQTT the client speaks first; so nothing is lost when input is held back until the
 * library has sent something, and with it has started all it needs.
 */
final class SteadySockets extends SocketFactory {
    private static final long LONGEST_HOLD_MILLIS = 10_000;

    private final int connectTimeoutMillis;

    /**
     * @param connectTimeoutMillis how long the other end is waited for; the library knows whole
     *     seconds only
     */
    SteadySockets(int connectTimeoutMillis) {
        this.connectTimeoutMillis = connectTimeoutMillis;
    }

    @Override
    public Socket createSocket() {
        return new Steady();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw unused();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("create an unconnected socket and connect it");
    }

    private final class Steady extends Socket {
        private final CountDownLatch sent = new CountDownLatch(1);

        @Override
        public void connect(SocketAddress to, int timeoutMillis) throws IOException {
            super.connect(to, connectTimeoutMillis);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    awaitSent();
                    return super.read();
                }

                @Override
                public int read(byte[] into, int from, int length) throws IOException {
                    awaitSent();
                    return super.read(into, from, length);
                }

                @Override
                public int available() throws IOException {
                    return sent.getCount() == 0 ? super.available() : 0;
                }
            };
        }

        private void awaitSent() {
            try {
                sent.await(LONGEST_HOLD_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(int value) throws IOException {
                    sent.countDown();
                    out.write(value);
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    sent.countDown();
                    out.write(bytes, from, length);
                }
            };
        }
    }
}
