package dev.ganglion.binding;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a way to call C must be able to do; all the rest is the same for both. */
interface Backend {
    /** The first version of Java that can call C without help. */
    int FOREIGN_SINCE = 22;

    /** {@return its name, for people} */
    String name();

    /** {@return the address of a function of the C library, 0 when there is none} */
    long find(String name);

    /** A function at an address. */
    CFunction function(String name, long address, CType result, List<CType> arguments);

    /**
     * {@return the address of a C function that calls the body} It is never freed.
     *
     * @param arguments no more than {@link CCallback.Body} takes, whole numbers and pointers
     */
    long callback(CCallback.Body body, CType result, List<CType> arguments);

    /** {@return where a direct buffer's memory begins, its position left out} */
    long address(ByteBuffer direct);

    /** {@return a direct buffer over memory that C owns} */
    ByteBuffer view(long address, int sizeBytes);

    /**
     * {@return the one of this process}
     *
     * @throws GanglionException of kind SETUP, each time, when this Java cannot call C
     */
    static Backend get() {
        Choice choice = Holder.CHOICE;
        if (choice.backend() == null) {
            throw new GanglionException(
                    Kind.SETUP, refusal(Runtime.version().feature(), choice.why()), choice.why());
        }
        return choice.backend();
    }

    /** What was found when it was asked for the first time. */
    record Choice(@Nullable Backend backend, @Nullable Throwable why) {
        static Choice of(int java) {
            try {
                return new Choice(
                        java >= FOREIGN_SINCE ? new ForeignBackend() : new JnaBackend(), null);
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                return new Choice(null, e);
            }
        }
    }

    /** Throws nothing: what a static initialiser throws arrives without its sentence. */
    final class Holder {
        private static final Choice CHOICE = Choice.of(Runtime.version().feature());

        private Holder() {}
    }

    private static String refusal(int java, @Nullable Throwable why) {
        return "Java "
                + java
                + " cannot call C here ("
                + why
                + "); "
                + (java < FOREIGN_SINCE
                        ? "before Java "
                                + FOREIGN_SINCE
                                + " the library JNA is needed: put the jar net.java.dev.jna:jna"
                                + " beside this one, or start a newer Java"
                        : "start Java with --enable-native-access=ALL-UNNAMED");
    }
}
