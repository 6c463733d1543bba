namespace Toolkit.Autograd.Tensors;

/// <summary>The element types of a tensor: those of the ONNX standard, each described by a row of <see cref="ElementType"/>.</summary>
/// <remarks>There is no implicit promotion. The numbers of the members are part of the form of checkpoints and do not change; ONNX's own numbers are
/// <see cref="ElementType.Code"/>.</remarks>
public enum DType
{
    /// <summary>IEEE 754 binary32 (ONNX <c>FLOAT</c>, C# <see cref="float"/>).</summary>
    Float32,

    /// <summary>IEEE 754 binary64 (ONNX <c>DOUBLE</c>, C# <see cref="double"/>).</summary>
    Float64,

    /// <summary>32-bit signed integer (ONNX <c>INT32</c>).</summary>
    Int32,

    /// <summary>64-bit signed integer (ONNX <c>INT64</c>).</summary>
    Int64,

    /// <summary>One byte, 0 or 1 (ONNX <c>BOOL</c>).</summary>
    Bool,

    /// <summary>32-bit unsigned integer (ONNX <c>UINT32</c>).</summary>
    UInt32,

    /// <summary>64-bit unsigned integer (ONNX <c>UINT64</c>).</summary>
    UInt64,

    /// <summary>8-bit signed integer (ONNX <c>INT8</c>).</summary>
    Int8,

    /// <summary>8-bit unsigned integer (ONNX <c>UINT8</c>).</summary>
    UInt8,

    /// <summary>16-bit signed integer (ONNX <c>INT16</c>).</summary>
    Int16,

    /// <summary>16-bit unsigned integer (ONNX <c>UINT16</c>).</summary>
    UInt16,

    /// <summary>IEEE 754 binary16 (ONNX <c>FLOAT16</c>, C# <see cref="Half"/>); computed in <see cref="Float32"/>.</summary>
    Float16,

    /// <summary>The upper half of a binary32: 8 bits of exponent, 7 of fraction (ONNX <c>BFLOAT16</c>, <see cref="Tensors.BFloat16"/>); computed in <see cref="Float32"/>.</summary>
    BFloat16,

    /// <summary>Text (ONNX <c>STRING</c>).</summary>
    String,

    /// <summary>Two binary32, the real and the imaginary part (ONNX <c>COMPLEX64</c>, <see cref="Tensors.Complex64"/>).</summary>
    Complex64,

    /// <summary>Two binary64, the real and the imaginary part (ONNX <c>COMPLEX128</c>, C# <see cref="System.Numerics.Complex"/>).</summary>
    Complex128,

    /// <summary>8 bits: 4 of exponent, 3 of fraction, NaN but no infinity (ONNX <c>FLOAT8E4M3FN</c>).</summary>
    Float8E4M3FN,

    /// <summary>8 bits: 4 of exponent, 3 of fraction, one NaN, no infinity and no −0 (ONNX <c>FLOAT8E4M3FNUZ</c>).</summary>
    Float8E4M3FNUZ,

    /// <summary>8 bits: 5 of exponent, 2 of fraction, infinity and NaN (ONNX <c>FLOAT8E5M2</c>).</summary>
    Float8E5M2,

    /// <summary>8 bits: 5 of exponent, 2 of fraction, one NaN, no infinity and no −0 (ONNX <c>FLOAT8E5M2FNUZ</c>).</summary>
    Float8E5M2FNUZ,

    /// <summary>8 bits of exponent, no sign and no fraction: a power of two, or NaN (ONNX <c>FLOAT8E8M0</c>).</summary>
    Float8E8M0,

    /// <summary>4 bits: 2 of exponent, 1 of fraction, neither NaN nor infinity (ONNX <c>FLOAT4E2M1</c>); a byte each in memory.</summary>
    Float4E2M1,

    /// <summary>4-bit signed integer (ONNX <c>INT4</c>); a byte each in memory.</summary>
    Int4,

    /// <summary>4-bit unsigned integer (ONNX <c>UINT4</c>); a byte each in memory.</summary>
    UInt4,

    /// <summary>2-bit signed integer (ONNX <c>INT2</c>); a byte each in memory.</summary>
    Int2,

    /// <summary>2-bit unsigned integer (ONNX <c>UINT2</c>); a byte each in memory.</summary>
    UInt2,
}
