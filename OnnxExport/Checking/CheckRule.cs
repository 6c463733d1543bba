namespace Toolkit.OnnxExport.Checking;

/// <summary>The groups of rules for a model. Source: the ONNX specification (docs/IR.md) and the rules of ONNX's own checker.</summary>
public enum CheckRule
{
    /// <summary>The model is readable, has a known version, imports each operator set once and has distinct metadata keys.</summary>
    Model,

    /// <summary>A graph has a name; its inputs and outputs have a name and a complete type.</summary>
    Graph,

    /// <summary>Names of inputs and initializers are set and unique; before version 4 of the format, initializers are inputs too.</summary>
    Names,

    /// <summary>Nodes are sorted: each input is a graph input, an initializer, an earlier result, or visible from an outer graph.</summary>
    Order,

    /// <summary>Every value is defined once, and every graph output is defined in its graph (static single assignment).</summary>
    SingleAssignment,

    /// <summary>An operator is registered in an imported set, is not deprecated (GroupNormalization of version 18, which is read all the same, gets a warning), and has as many arguments as it takes.</summary>
    Operator,

    /// <summary>Attributes are known to the operator, complete, of the right type, and hold exactly one value.</summary>
    Attribute,

    /// <summary>A tensor has a type and its content in exactly one field that fits the type and the shape.</summary>
    Tensor,

    /// <summary>A sparse tensor has sorted int64 indices within its shape.</summary>
    SparseTensor,

    /// <summary>External data lie in the folder of the model, in a plain file that is long enough.</summary>
    ExternalData,

    /// <summary>Functions of the model are unique, complete and not recursive.</summary>
    Function,

    /// <summary>Training information binds outputs to initializers, each initializer once.</summary>
    Training,
}
