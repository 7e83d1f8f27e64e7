package dev.ganglion.worker.child;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.worker.wire.Connection;
import dev.ganglion.worker.wire.Failure;
import dev.ganglion.worker.wire.LoadRequest;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The one model of the worker, and its sessions. */
final class ChildModel {
    private final Path folder;
    private final Map<Integer, ChildSession> sessions = new ConcurrentHashMap<>();
    private volatile @Nullable Model model;

    ChildModel(Path folder) {
        this.folder = folder;
    }

    /** Serves one connection until the other side closes it. */
    void serve(SocketChannel channel) {
        try (Connection connection = new Connection(channel)) {
            if (connection.receive()) {
                if (connection.first() == Connection.LOAD) {
                    load(connection);
                } else {
                    open(connection, connection.third());
                }
            }
        } catch (IOException closed) {
            // The other side is gone, and there is nobody to tell.
        }
    }

    private void load(Connection connection) throws IOException {
        try {
            LoadRequest request = LoadRequest.read(connection.takeBytes());
            Engine engine = engine(request.engine());
            Options options =
                    Options.of(request.owner(), engine.options(), request.options(), Path.of(""));
            Model loaded = engine.load(request.source(), options);
            model = loaded;
            connection.put(new LoadRequest.Tensors(loaded.inputs(), loaded.outputs()).bytes());
            connection.send(Connection.OK, 0, 0);
        } catch (Throwable refused) {
            answer(connection, refused, 0);
        }
    }

    private static Engine engine(String name) throws Throwable {
        try {
            return (Engine) Class.forName(name).getConstructor().newInstance();
        } catch (InvocationTargetException thrown) {
            Throwable cause = thrown.getCause();
            throw new GanglionException(
                    Kind.SETUP,
                    "engine " + name + " could not be made in a worker: " + cause,
                    cause);
        } catch (ReflectiveOperationException | ClassCastException unfit) {
            throw new GanglionException(
                    Kind.SETUP,
                    "engine "
                            + name
                            + " cannot run in a worker: a public class with a public constructor"
                            + " without parameters was expected on the class path "
                            + System.getProperty("java.class.path")
                            + ", found "
                            + unfit
                            + "; run it in the container, or mend its bundle",
                    unfit);
        }
    }

    /** Tells the other side what was thrown; what the interface does not know is logged as well. */
    static void answer(Connection connection, Throwable failure, int position) throws IOException {
        if (failure instanceof OutOfMemoryError) {
            // The next message would meet the same full memory; a new process does not.
            Runtime.getRuntime().halt(Main.OUT_OF_MEMORY);
        }
        boolean foreign =
                !(failure instanceof GanglionException)
                        && !(failure instanceof IllegalArgumentException)
                        && !(failure instanceof IllegalStateException);
        if (foreign || failure.getCause() != null) {
            failure.printStackTrace();
        }
        connection.clear();
        connection.put(Failure.sentence(failure));
        connection.send(Failure.status(failure), position, 0);
    }

    private void open(Connection connection, int number) throws IOException {
        Model loaded = model;
        if (loaded == null) {
            throw new IOException("a session was asked for before the model was loaded");
        }
        Session session;
        try {
            session = loaded.open();
        } catch (Throwable refused) {
            answer(connection, refused, 0);
            return;
        }
        try (ChildSession served = new ChildSession(loaded, session, connection, folder, number)) {
            sessions.put(number, served);
            served.serve();
        } finally {
            sessions.remove(number);
        }
    }

    void cancel(int number, int epoch) {
        ChildSession session = sessions.get(number);
        if (session != null) {
            session.cancel(epoch);
        }
    }
}
