namespace Toolkit.Autograd.Schema;

/// <summary>What an attribute of an ONNX node holds.</summary>
public enum AttributeKind
{
    /// <summary>A 64-bit integer (ONNX <c>INT</c>).</summary>
    Int,

    /// <summary>Several 64-bit integers (ONNX <c>INTS</c>).</summary>
    Ints,

    /// <summary>A 32-bit floating-point number (ONNX <c>FLOAT</c>).</summary>
    Float,

    /// <summary>Several 32-bit floating-point numbers (ONNX <c>FLOATS</c>).</summary>
    Floats,

    /// <summary>A text (ONNX <c>STRING</c>).</summary>
    Text,

    /// <summary>Several texts (ONNX <c>STRINGS</c>).</summary>
    Texts,

    /// <summary>A tensor (ONNX <c>TENSOR</c>).</summary>
    Tensor,

    /// <summary>A sparse tensor (ONNX <c>SPARSE_TENSOR</c>).</summary>
    SparseTensor,

    /// <summary>A graph, the body of an operator such as <c>If</c> (ONNX <c>GRAPH</c>).</summary>
    Graph,

    /// <summary>A type (ONNX <c>TYPE_PROTO</c>).</summary>
    Type,
}
