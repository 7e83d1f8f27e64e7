package dev.ganglion.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The classes of this module and the api once more, where JNA is not beside them. */
class MissingJnaTest {
    private URLClassLoader alone;

    @BeforeEach
    void leaveJnaOut() {
        alone =
                new URLClassLoader(
                        new URL[] {placeOf(CMemory.class), placeOf(GanglionException.class)},
                        ClassLoader.getPlatformClassLoader());
    }

    @AfterEach
    void close() throws IOException {
        alone.close();
    }

    private static URL placeOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private Object call(Class<?> type, String method, Object... argument) throws Throwable {
        Class<?>[] types = argument.length == 0 ? new Class<?>[0] : new Class<?>[] {int.class};
        Method found = type.getMethod(method, types);
        try {
            return found.invoke(null, argument);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void beforeJava22EachUseSaysThatJnaIsNeeded() throws Exception {
        assumeTrue(Runtime.version().feature() < Backend.FOREIGN_SINCE, "skipped: needs no JNA");
        Class<?> memory = alone.loadClass(CMemory.class.getName());
        Class<?> machine = alone.loadClass(Machine.class.getName());
        for (int time = 0; time < 2; time++) {
            for (Class<?> used : List.of(memory, machine)) {
                assertThatThrownBy(
                                () -> {
                                    if (used == memory) {
                                        call(memory, "allocate", 8);
                                    } else {
                                        call(machine, "here");
                                    }
                                })
                        .hasToString(
                                GanglionException.class.getName()
                                        + ": Java "
                                        + Runtime.version().feature()
                                        + " cannot call C here (java.lang.NoClassDefFoundError:"
                                        + " com/sun/jna/Pointer); before Java 22 the library JNA is"
                                        + " needed: put the jar net.java.dev.jna:jna beside this"
                                        + " one, or start a newer Java");
            }
        }
    }

    @Test
    void fromJava22OnJnaIsNotMissed() throws Throwable {
        assumeTrue(Runtime.version().feature() >= Backend.FOREIGN_SINCE, "skipped: needs JNA");
        assertThat(call(alone.loadClass(Machine.class.getName()), "here")).isNotNull();
    }
}
