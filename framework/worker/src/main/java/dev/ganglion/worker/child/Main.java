package dev.ganglion.worker.child;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Starts in a worker process. */
public final class Main {
    /** How a worker ends whose Java heap or direct memory ran out, as the JVM itself does. */
    static final int OUT_OF_MEMORY = 3;

    private static final long LARGE_STACK_BYTES = 8L << 20;

    private Main() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the folder that is shared with the framework, and how often to give a sign
     *     of life, in milliseconds
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        long beatMillis = Long.parseLong(arguments[1]);
        InputStream lifeline = new FileInputStream(FileDescriptor.in);
        System.setIn(InputStream.nullInputStream());
        start("beat", 0, beating(folder.resolve("beat"), beatMillis));
        ChildModel model = new ChildModel(folder);
        start("cancel", 0, () -> follow(lifeline, model));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
            while (true) {
                SocketChannel accepted = server.accept();
                start("session", LARGE_STACK_BYTES, () -> model.serve(accepted));
            }
        }
    }

    private static void start(String name, long stackBytes, Runnable work) {
        Thread thread = new Thread(null, work, name, stackBytes);
        thread.setDaemon(true);
        thread.start();
    }

    private static Runnable beating(Path file, long beatMillis) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer beat = channel.map(FileChannel.MapMode.READ_WRITE, 0, Integer.BYTES);
            beat.order(ByteOrder.nativeOrder());
            return () -> {
                for (int count = 1; true; count++) {
                    beat.putInt(0, count);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(beatMillis));
                }
            };
        }
    }

    /** Cancels sessions as it is told; the end of the stream is the end of the framework. */
    private static void follow(InputStream lifeline, ChildModel model) {
        try (DataInputStream cancelled = new DataInputStream(lifeline)) {
            while (true) {
                model.cancel(cancelled.readInt(), cancelled.readInt());
            }
        } catch (IOException ended) {
            Runtime.getRuntime().halt(0);
        }
    }
}
