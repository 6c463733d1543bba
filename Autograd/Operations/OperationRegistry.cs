using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Operations.Transformers;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation of the registry.</summary>
/// <param name="Name">The name of the record.</param>
/// <param name="Examples">Its examples, from which its tests are generated.</param>
public sealed record RegisteredOperation(string Name, IReadOnlyList<Example> Examples)
{
    /// <summary>The operator of the standard that it is; for an operation that is none, the name of the record.</summary>
    public string OnnxName { get; init; } = Name;

    /// <summary>Operators of older versions of the standard that it has taken the place of, and that are read as it.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>What applies a node of a file; null for an operation that is no operator of the standard.</summary>
    public Func<OnnxNode, IReadOnlyList<Variable>>? FromOnnx { get; init; }
}

/// <summary>Every operation, one line each. A test fails if one is missing; the battery of tests runs over all examples.</summary>
public static class OperationRegistry
{
    /// <summary>All operations, by name.</summary>
    public static IReadOnlyList<RegisteredOperation> All { get; } =
    [
        Operator<Abs>(),
        Operator<Add>(),
        Operator<And>(),
        Operator<ArgMax>(),
        Operator<ArgMin>(),
        Operator<Attention>(),
        Operator<AveragePool>(),
        Entry<AveragePoolGradient>(),
        Operator<BatchNormalization>(),
        Operator<BitShift>(),
        Operator<BitwiseAnd>(),
        Operator<BitwiseNot>(),
        Operator<BitwiseOr>(),
        Operator<BitwiseXor>(),
        Operator<Cast>(),
        Operator<CausalConvWithState>(),
        Operator<Compress>(),
        Operator<Concat>(),
        Operator<ConstantOfShape>(),
        Operator<Conv>(),
        Entry<ConvInputGradient>(),
        Operator<ConvTranspose>(),
        Entry<ConvWeightGradient>(),
        Operator<Cos>(),
        Operator<CumProd>(),
        Operator<CumSum>(),
        Operator<DepthToSpace>(),
        Operator<Div>(),
        Operator<Equal>(),
        Operator<Erf>(),
        Operator<Exp>(),
        Entry<ExpM1>(),
        Operator<Expand>(),
        Operator<EyeLike>(),
        Operator<Flatten>(),
        Operator<Gather>(),
        Operator<GatherElements>(),
        Entry<GatherGradient>(),
        Operator<GatherND>(),
        Operator<Gemm>(),
        Operator<GlobalAveragePool>(),
        Operator<GlobalLpPool>(),
        Operator<GlobalMaxPool>(),
        Operator<GroupNormalization>(),
        Operator<GRU>(),
        Operator<Greater>(),
        Operator<GreaterOrEqual>(),
        Operator<Identity>(),
        Operator<If>(),
        Operator<InstanceNormalization>(),
        Operator<LayerNormalization>(),
        Operator<LeakyRelu>(),
        Operator<Less>(),
        Operator<LessOrEqual>(),
        Operator<LinearAttention>(),
        Operator<Log>(),
        Operator<LogSoftmax>(),
        Operator<LpPool>(),
        Operator<LRN>(),
        Operator<Loop>(),
        Operator<LSTM>(),
        Operator<MatMul>(),
        Operator<Max>(),
        Operator<MaxPool>(),
        Operator<MaxUnpool>(),
        Operator<Min>(),
        Operator<Mod>(),
        Operator<Mul>(),
        Operator<Neg>(),
        Operator<NonZero>(),
        Operator<Not>(),
        Operator<OneHot>(),
        Operator<Or>(),
        Operator<Pad>(),
        Operator<Pow>(),
        Entry<RandomUniform>(),
        Operator<Range>(),
        Operator<ReduceMax>(),
        Operator<ReduceMean>(),
        Operator<ReduceMin>(),
        Operator<ReduceProd>(),
        Operator<ReduceSum>(),
        Operator<Relu>(),
        Operator<Reshape>(),
        Operator<RMSNormalization>(),
        Operator<ReverseSequence>(),
        Operator<RNN>(),
        Operator<RotaryEmbedding>(),
        Operator<Scan>(),
        Operator<ScatterElements>("Scatter"),
        Operator<ScatterND>(),
        Operator<ShapeOf>(),
        Operator<Sigmoid>(),
        Operator<Sign>(),
        Operator<Sin>(),
        Operator<SizeOf>(),
        Operator<Slice>(),
        Operator<Softmax>(),
        Entry<SoftmaxCrossEntropyLoss>(),
        Operator<Softplus>(),
        Operator<SpaceToDepth>(),
        Operator<Split>(),
        Operator<Sqrt>(),
        Operator<Squeeze>(),
        Entry<StopGradient>(),
        Operator<Sub>(),
        Entry<SumTo>(),
        Operator<Tanh>(),
        Operator<Tile>(),
        Operator<TopK>(),
        Operator<Transpose>(),
        Operator<Trilu>(),
        Operator<Unsqueeze>(),
        Operator<Where>(),
    ];

    private static RegisteredOperation Operator<T>(params IReadOnlyList<string> formerNames)
        where T : Operation, IOperator =>
        new(typeof(T).Name, [.. T.Examples]) { OnnxName = T.OnnxName ?? typeof(T).Name, FormerNames = formerNames, FromOnnx = T.FromOnnx };

    private static RegisteredOperation Entry<T>()
        where T : Operation, IHasExamples => new(typeof(T).Name, [.. T.Examples]);
}
