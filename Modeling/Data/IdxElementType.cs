namespace Toolkit.Modeling.Data;

/// <summary>The element types of the IDX format, with the codes that stand in the third byte of a file.</summary>
public enum IdxElementType
{
    /// <summary>Unsigned 8-bit integers, code 0x08: MNIST's pixels and labels.</summary>
    UInt8 = 0x08,

    /// <summary>Signed 8-bit integers, code 0x09.</summary>
    Int8 = 0x09,

    /// <summary>Signed 16-bit integers, code 0x0B.</summary>
    Int16 = 0x0B,

    /// <summary>Signed 32-bit integers, code 0x0C.</summary>
    Int32 = 0x0C,

    /// <summary>IEEE 754 single precision, code 0x0D.</summary>
    Float32 = 0x0D,

    /// <summary>IEEE 754 double precision, code 0x0E.</summary>
    Float64 = 0x0E,
}
