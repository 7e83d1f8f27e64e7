package dev.ganglion.binding;

/**
 * What C takes or gives. All of it travels as a {@code long}: whole numbers as they are, a pointer
 * as an address, a {@code float} as {@link Float#floatToRawIntBits}, a {@code double} as {@link
 * Double#doubleToRawLongBits}, a struct as the address of its bytes.
 */
public final class CType {
    enum Kind {
        VOID,
        BOOL,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        POINTER,
        STRUCT
    }

    /** No result; the call returns 0. */
    public static final CType VOID = new CType(Kind.VOID, 0);

    /** {@code bool}: 0 or 1. */
    public static final CType BOOL = new CType(Kind.BOOL, 1);

    /** 4 bytes, signed or not; comes back with its sign. */
    public static final CType INT = new CType(Kind.INT, 4);

    /** 8 bytes, signed or not: {@code int64_t}, {@code size_t}. */
    public static final CType LONG = new CType(Kind.LONG, 8);

    /** 4 bytes. */
    public static final CType FLOAT = new CType(Kind.FLOAT, 4);

    /** 8 bytes. */
    public static final CType DOUBLE = new CType(Kind.DOUBLE, 8);

    /** An address; 0 is null. */
    public static final CType POINTER = new CType(Kind.POINTER, 8);

    private final Kind kind;
    private final int sizeBytes;

    private CType(Kind kind, int sizeBytes) {
        this.kind = kind;
        this.sizeBytes = sizeBytes;
    }

    /**
     * A struct that is passed or returned by value; not one of only {@code float}s or {@code
     * double}s. A function that returns it takes the address for the result before all arguments.
     *
     * @param sizeBytes a multiple of 8, more than 16: smaller ones travel in registers that depend
     *     on their fields, and are not supported
     */
    public static CType struct(int sizeBytes) {
        if (sizeBytes <= 16 || sizeBytes % 8 != 0) {
            throw new IllegalArgumentException(
                    "a struct that is passed by value has a multiple of 8 bytes, more than 16,"
                            + " found "
                            + sizeBytes);
        }
        return new CType(Kind.STRUCT, sizeBytes);
    }

    Kind kind() {
        return kind;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public String toString() {
        return kind == Kind.STRUCT ? "STRUCT of " + sizeBytes + " bytes" : kind.toString();
    }
}
