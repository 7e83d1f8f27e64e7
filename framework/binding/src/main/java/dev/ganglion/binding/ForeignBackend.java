package dev.ganglion.binding;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * C through {@code java.lang.foreign}, whose classes this one may not name: it is compiled for an
 * older Java. Reflection makes the handles; calls go through them and know nothing of it.
 */
final class ForeignBackend implements Backend {
    private static final String PACKAGE = "java.lang.foreign.";

    private final MethodHandles.Lookup lookup = MethodHandles.lookup();
    private final Class<?> layoutClass = Class.forName(PACKAGE + "MemoryLayout");
    private final Class<?> valuesClass = Class.forName(PACKAGE + "ValueLayout");
    private final Class<?> segmentClass = Class.forName(PACKAGE + "MemorySegment");
    private final Class<?> descriptorClass = Class.forName(PACKAGE + "FunctionDescriptor");
    private final Class<?> linkerClass = Class.forName(PACKAGE + "Linker");
    private final Class<?> optionClass = Class.forName(PACKAGE + "Linker$Option");
    private final Class<?> arenaClass = Class.forName(PACKAGE + "Arena");
    private final Class<?> allocatorClass = Class.forName(PACKAGE + "SegmentAllocator");
    private final Class<?> symbolsClass = Class.forName(PACKAGE + "SymbolLookup");
    private final Class<?> layoutsClass = Array.newInstance(layoutClass, 0).getClass();
    private final Class<?> optionsClass = Array.newInstance(optionClass, 0).getClass();
    private final Object noOptions = Array.newInstance(optionClass, 0);
    private final Object linker;
    private final Object cLibrary;
    private final Object forever;

    /** {@code long} to a segment without size. */
    private final MethodHandle ofAddress;

    /** A segment and {@code long} to a segment of that size. */
    private final MethodHandle reinterpret;

    ForeignBackend() throws ReflectiveOperationException {
        linker = call(linkerClass.getMethod("nativeLinker"), null);
        cLibrary = call(linkerClass.getMethod("defaultLookup"), linker);
        forever = call(arenaClass.getMethod("global"), null);
        ofAddress =
                lookup.findStatic(
                        segmentClass, "ofAddress", MethodType.methodType(segmentClass, long.class));
        reinterpret =
                lookup.findVirtual(
                        segmentClass,
                        "reinterpret",
                        MethodType.methodType(segmentClass, long.class));
    }

    @Override
    public String name() {
        return "java.lang.foreign";
    }

    /** What the method throws is thrown as it is. */
    private static Object call(
            Method method, @org.jspecify.annotations.Nullable Object on, Object... arguments)
            throws ReflectiveOperationException {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private static IllegalStateException impossible(Throwable e) {
        return new IllegalStateException("this Java's java.lang.foreign is not as documented", e);
    }

    private Object segment(long address) throws ReflectiveOperationException {
        return call(segmentClass.getMethod("ofAddress", long.class), null, address);
    }

    private long address(Object segment) throws ReflectiveOperationException {
        return (long) call(segmentClass.getMethod("address"), segment);
    }

    @Override
    public long find(String name) {
        try {
            Object found = call(symbolsClass.getMethod("find", String.class), cLibrary, name);
            Optional<?> symbol = (Optional<?>) found;
            return symbol.isPresent() ? address(symbol.get()) : 0;
        } catch (ReflectiveOperationException e) {
            throw impossible(e);
        }
    }

    private Object layout(CType type) throws ReflectiveOperationException {
        if (type.kind() == CType.Kind.STRUCT) {
            Object field = valuesClass.getField("JAVA_LONG").get(null);
            Object fields = Array.newInstance(layoutClass, type.sizeBytes() / 8);
            for (int i = 0; i < type.sizeBytes() / 8; i++) {
                Array.set(fields, i, field);
            }
            return call(layoutClass.getMethod("structLayout", layoutsClass), null, fields);
        }
        String name =
                switch (type.kind()) {
                    case BOOL -> "JAVA_BOOLEAN";
                    case INT -> "JAVA_INT";
                    case FLOAT -> "JAVA_FLOAT";
                    case DOUBLE -> "JAVA_DOUBLE";
                    default -> "JAVA_LONG";
                };
        return valuesClass.getField(name).get(null);
    }

    private Object descriptor(CType result, List<CType> arguments)
            throws ReflectiveOperationException {
        Object layouts = Array.newInstance(layoutClass, arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            Array.set(layouts, i, layout(arguments.get(i)));
        }
        return result.kind() == CType.Kind.VOID
                ? call(descriptorClass.getMethod("ofVoid", layoutsClass), null, layouts)
                : call(
                        descriptorClass.getMethod("of", layoutClass, layoutsClass),
                        null,
                        layout(result),
                        layouts);
    }

    @Override
    public CFunction function(String name, long address, CType result, List<CType> arguments) {
        try {
            Object handle =
                    call(
                            linkerClass.getMethod(
                                    "downcallHandle", segmentClass, descriptorClass, optionsClass),
                            linker,
                            segment(address),
                            descriptor(result, arguments),
                            noOptions);
            return new ForeignFunction(name, ofLongs((MethodHandle) handle, result, arguments));
        } catch (ReflectiveOperationException e) {
            throw impossible(e);
        }
    }

    /** The same handle, but it takes and gives nothing but {@code long}. */
    private MethodHandle ofLongs(MethodHandle handle, CType result, List<CType> arguments)
            throws ReflectiveOperationException {
        MethodHandle converted = handle;
        List<CType> taken = new ArrayList<>(arguments);
        if (result.kind() == CType.Kind.STRUCT) {
            // The result is put where an allocator says.
            MethodHandle allocator =
                    lookup.findStatic(
                            allocatorClass,
                            "prefixAllocator",
                            MethodType.methodType(allocatorClass, segmentClass));
            converted =
                    MethodHandles.filterArguments(
                            converted,
                            0,
                            MethodHandles.filterReturnValue(
                                    segmentOf(result.sizeBytes()), allocator));
            taken.add(0, CType.POINTER);
        }
        for (int i = 0; i < taken.size(); i++) {
            MethodHandle filter =
                    switch (taken.get(i).kind()) {
                        case STRUCT -> segmentOf(taken.get(i).sizeBytes());
                        case FLOAT ->
                                lookup.findStatic(
                                        Float.class,
                                        "intBitsToFloat",
                                        MethodType.methodType(float.class, int.class));
                        case DOUBLE ->
                                lookup.findStatic(
                                        Double.class,
                                        "longBitsToDouble",
                                        MethodType.methodType(double.class, long.class));
                        default -> null;
                    };
            if (filter != null) {
                converted = MethodHandles.filterArguments(converted, i, filter);
            }
        }
        MethodHandle given =
                switch (result.kind()) {
                    case VOID -> MethodHandles.constant(long.class, 0L);
                    case STRUCT ->
                            MethodHandles.dropArguments(
                                    MethodHandles.constant(long.class, 0L), 0, segmentClass);
                    case FLOAT ->
                            lookup.findStatic(
                                    Float.class,
                                    "floatToRawIntBits",
                                    MethodType.methodType(int.class, float.class));
                    case DOUBLE ->
                            lookup.findStatic(
                                    Double.class,
                                    "doubleToRawLongBits",
                                    MethodType.methodType(long.class, double.class));
                    default -> null;
                };
        if (given != null) {
            converted = MethodHandles.filterReturnValue(converted, given);
        }
        return MethodHandles.explicitCastArguments(converted, longs(taken.size()));
    }

    private MethodHandle segmentOf(int sizeBytes) {
        return MethodHandles.filterReturnValue(
                ofAddress, MethodHandles.insertArguments(reinterpret, 1, (long) sizeBytes));
    }

    private static MethodType longs(int count) {
        Class<?>[] arguments = new Class<?>[count];
        Arrays.fill(arguments, long.class);
        return MethodType.methodType(long.class, arguments);
    }

    @Override
    public long callback(CCallback.Body body, CType result, List<CType> arguments) {
        try {
            MethodHandle called =
                    lookup.findVirtual(
                                    CCallback.Body.class, "call", longs(CCallback.MOST_ARGUMENTS))
                            .bindTo(body);
            for (int i = CCallback.MOST_ARGUMENTS; i > arguments.size(); i--) {
                called = MethodHandles.insertArguments(called, i - 1, 0L);
            }
            Object descriptor = descriptor(result, arguments);
            Object type = call(descriptorClass.getMethod("toMethodType"), descriptor);
            return address(
                    call(
                            linkerClass.getMethod(
                                    "upcallStub",
                                    MethodHandle.class,
                                    descriptorClass,
                                    arenaClass,
                                    optionsClass),
                            linker,
                            MethodHandles.explicitCastArguments(called, (MethodType) type),
                            descriptor,
                            forever,
                            noOptions));
        } catch (ReflectiveOperationException e) {
            throw impossible(e);
        }
    }

    @Override
    public long address(ByteBuffer direct) {
        try {
            Object segment =
                    call(
                            segmentClass.getMethod("ofBuffer", Buffer.class),
                            null,
                            direct.duplicate().rewind());
            return address(segment);
        } catch (ReflectiveOperationException e) {
            throw impossible(e);
        }
    }

    @Override
    public ByteBuffer view(long address, int sizeBytes) {
        try {
            Object sized =
                    call(
                            segmentClass.getMethod("reinterpret", long.class),
                            segment(address),
                            (long) sizeBytes);
            return (ByteBuffer) call(segmentClass.getMethod("asByteBuffer"), sized);
        } catch (ReflectiveOperationException e) {
            throw impossible(e);
        }
    }
}
