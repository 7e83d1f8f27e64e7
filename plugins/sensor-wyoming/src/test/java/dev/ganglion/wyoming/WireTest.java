package dev.ganglion.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireTest {
    private ServerSocketChannel door;
    private Wire here;
    private Wire there;

    @BeforeEach
    void connect() throws IOException {
        door =
                ServerSocketChannel.open()
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        here = Wire.unconnected();
        here.connect(
                new Address("127.0.0.1", ((InetSocketAddress) door.getLocalAddress()).getPort()),
                inMillis(20_000));
        there = Wire.over(door.accept());
    }

    @AfterEach
    void close() throws IOException {
        here.close();
        there.close();
        door.close();
    }

    private static long inMillis(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void bytesArriveAndThenTheEnd() throws IOException {
        here.write(ByteBuffer.wrap(new byte[] {1, 2}), inMillis(20_000));
        byte[] into = new byte[4];
        assertThat(there.read(into, 1, 3, inMillis(20_000))).isEqualTo(2);
        assertThat(into).containsExactly(0, 1, 2, 0);
        here.close();
        assertThat(there.read(into, 0, 4, inMillis(20_000))).isEqualTo(-1);
    }

    @Test
    void nothingIsWaitedForTooLong() {
        assertThatThrownBy(() -> there.read(new byte[1], 0, 1, inMillis(20)))
                .isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> there.read(new byte[1], 0, 1, inMillis(-1)))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void whoDoesNotReadIsNotWrittenToForEver() {
        assertThatThrownBy(() -> here.write(ByteBuffer.allocate(100_000_000), inMillis(100)))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void closingEndsAWaitInAnotherThread() {
        CompletableFuture<Throwable> waiting =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                there.read(new byte[1], 0, 1, inMillis(60_000));
                                return new AssertionError("something came");
                            } catch (IOException ended) {
                                return ended;
                            }
                        });
        there.close();
        there.close();
        assertThat(waiting.orTimeout(20, TimeUnit.SECONDS).join())
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void anInterruptedThreadDoesNotWait() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread reader =
                new Thread(
                        () -> {
                            try {
                                there.read(new byte[1], 0, 1, inMillis(60_000));
                            } catch (IOException stopped) {
                                thrown.complete(stopped);
                            }
                        });
        reader.start();
        reader.interrupt();
        assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void whereNobodyListensIsSaid() throws IOException {
        int port = ((InetSocketAddress) door.getLocalAddress()).getPort();
        door.close();
        try (Wire wire = Wire.unconnected()) {
            assertThatThrownBy(() -> wire.connect(new Address("127.0.0.1", port), inMillis(20_000)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused");
        }
        try (Wire wire = Wire.unconnected()) {
            assertThatThrownBy(
                            () -> wire.connect(new Address("no.such.invalid", 1), inMillis(20_000)))
                    .hasMessageContaining("no host is called 'no.such.invalid'");
        }
    }
}
