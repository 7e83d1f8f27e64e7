package dev.ganglion.binding;

import static dev.ganglion.binding.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedLibraryTest {
    @TempDir Path folder;
    private Path library;
    private byte[] whole;

    @BeforeEach
    void copyALibrary() throws IOException {
        library = folder.resolve("libcopy.so").toAbsolutePath();
        // One that the process does not have yet, so that the copy would really be loaded.
        whole = Files.readAllBytes(Fixtures.library("libm.so.6"));
    }

    private void write(byte[] bytes) throws IOException {
        Files.write(library, bytes);
    }

    private ByteBuffer header() {
        return ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void theWholeLibraryIsLoadedAndGivenBack() throws IOException {
        write(whole);
        CLibrary opened = CLibrary.open(library);
        CFunction root = opened.function("sqrt", CType.DOUBLE, List.of(CType.DOUBLE));
        assertThat(Double.longBitsToDouble(root.call(Double.doubleToRawLongBits(9)))).isEqualTo(3);
        opened.close();
        opened.close();
        assertThatThrownBy(() -> opened.address("sqrt"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aMissingLibraryIsRefusedByName() {
        assertSetup(() -> CLibrary.open(library)).hasMessageContaining(library + " is not there");
    }

    @Test
    void aRelativePathIsRefused() {
        assertThatThrownBy(() -> CLibrary.open(Path.of("libm.so.6")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absolute path, found libm.so.6");
    }

    @Test
    void aMissingFunctionIsRefusedByName() throws IOException {
        write(whole);
        try (CLibrary opened = CLibrary.open(library)) {
            assertSetup(() -> opened.function("no_such_function", CType.INT, List.of()))
                    .hasMessageContaining(library + " has no function 'no_such_function'");
        }
        assertSetup(() -> CLibrary.standard().address("no_such_function"))
                .hasMessageContaining("the C library has no function 'no_such_function'");
    }

    @Test
    void aLibraryThatLacksWhatItNeedsIsRefusedWithTheSystemsReason() throws IOException {
        byte[] name = "libc.so.6\0".getBytes();
        for (int at = 0; at + name.length < whole.length; at++) {
            if (Arrays.equals(Arrays.copyOfRange(whole, at, at + name.length), name)) {
                whole[at + 3] = 'X';
            }
        }
        write(whole);
        assertSetup(() -> CLibrary.open(library))
                .hasMessageContaining(library.toString())
                .hasMessageContaining("libX.so.6: cannot open shared object file");
    }

    @Test
    void aLibraryOfAnotherProcessorIsRefused() throws IOException {
        int[] numbers = {183, 62, 40, 4711};
        String[] names = {"aarch64", "x86_64", "arm", "processor number 4711"};
        for (int i = 0; i < numbers.length; i++) {
            if (!names[i].equals(Machine.processorHere())) {
                header().putShort(18, (short) numbers[i]);
                write(whole);
                assertSetup(() -> CLibrary.open(library))
                        .hasMessageContaining(library.toString())
                        .hasMessageContaining("was made for " + names[i])
                        .hasMessageContaining("expected " + Machine.processorHere());
            }
        }
    }

    @Test
    void aLibraryOf32BitsIsRefused() throws IOException {
        whole[4] = 1;
        write(whole);
        assertSetup(() -> CLibrary.open(library)).hasMessageContaining("in 32 bits");
    }

    @Test
    void aLibraryThatWasCutOffAnywhereIsRefused() throws IOException {
        for (int length : new int[] {0, 3, 20, 64, 400, whole.length / 2, whole.length - 1}) {
            write(Arrays.copyOf(whole, length));
            assertSetup(() -> CLibrary.open(library))
                    .hasMessageContaining(library + " was cut off: expected at least ")
                    .hasMessageContaining(", found " + length);
        }
    }

    @Test
    void whatIsNoLibraryIsRefused() throws IOException {
        write(
                "this is a text that is longer than a header of a shared library would be, I hope"
                        .getBytes());
        assertSetup(() -> CLibrary.open(library)).hasMessageContaining("is no shared library");
        assertSetup(() -> CLibrary.open(folder.toAbsolutePath()))
                .hasMessageContaining("is not there: expected a file");
    }

    @Test
    void aFunctionWithoutAddressIsRefused() {
        assertThatThrownBy(() -> CLibrary.at("nothing", 0, CType.INT, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing[] at 0");
    }
}
