using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Losses;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Resizing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Operations.Transformers;
using Toolkit.Autograd.Operations.Signal;
using Toolkit.Autograd.Operations.Texts;
using Toolkit.Autograd.Operations.Training;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation of the registry.</summary>
/// <param name="Name">The name of the record.</param>
/// <param name="Examples">Its examples, from which its tests are generated.</param>
public sealed record RegisteredOperation(string Name, IReadOnlyList<OperationExample> Examples)
{
    /// <summary>The operator of the standard that it is; for an operation that is none, the name of the record.</summary>
    public string OnnxName { get; init; } = Name;

    /// <summary>The domain of the operator; empty for the standard one.</summary>
    public string OnnxDomain { get; init; } = string.Empty;

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
        Operator<Acos>(),
        Operator<Acosh>(),
        Operator<Adagrad>(),
        Operator<Adam>(),
        Operator<Add>(),
        Operator<AffineGrid>(),
        Operator<And>(),
        Operator<ArgMax>(),
        Operator<ArgMin>(),
        Operator<Attention>(),
        Operator<Asin>(),
        Operator<Asinh>(),
        Operator<Atan>(),
        Operator<Atanh>(),
        Operator<AveragePool>(),
        Entry<AveragePoolGradient>(),
        Operator<BatchNormalization>(),
        Operator<BitCast>(),
        Operator<BitShift>(),
        Operator<BitwiseAnd>(),
        Operator<BitwiseNot>(),
        Operator<BitwiseOr>(),
        Operator<BitwiseXor>(),
        Operator<BlackmanWindow>(),
        Operator<Cast>(),
        Operator<CausalConvWithState>(),
        Operator<CenterCropPad>(),
        Operator<Col2Im>(),
        Operator<CastLike>(),
        Operator<Ceil>(),
        Operator<Celu>(),
        Operator<Clip>(),
        Operator<Compress>(),
        Operator<Concat>(),
        Operator<ConstantOfShape>(),
        Operator<Conv>(),
        Entry<ConvInputGradient>(),
        Operator<ConvInteger>(),
        Operator<ConvTranspose>(),
        Entry<ConvWeightGradient>(),
        Operator<Cos>(),
        Operator<Cosh>(),
        Operator<CumProd>(),
        Operator<CumSum>(),
        Entry<CustomGradient>(),
        Operator<DeformConv>(),
        Operator<DepthToSpace>(),
        Operator<DequantizeLinear>(),
        Operator<Det>(),
        Operator<DFT>(),
        Operator<Div>(),
        Operator<Dropout>(),
        Operator<DynamicQuantizeLinear>(),
        Operator<Einsum>(),
        Operator<Elu>(),
        Operator<Equal>(),
        Operator<Erf>(),
        Entry<Erfc>(),
        Operator<Exp>(),
        Operator<Expand>(),
        Entry<ExpM1>(),
        Operator<EyeLike>(),
        Operator<Flatten>(),
        Operator<Floor>(),
        Operator<Gather>(),
        Operator<GatherElements>(),
        Entry<GatherGradient>(),
        Operator<GatherND>(),
        Operator<Gelu>(),
        Operator<Gemm>(),
        Operator<GlobalAveragePool>(),
        Operator<GridSample>(),
        Operator<GlobalLpPool>(),
        Operator<GlobalMaxPool>(),
        Operator<GroupNormalization>(),
        Operator<GRU>(),
        Operator<Greater>(),
        Operator<GreaterOrEqual>(),
        Operator<HammingWindow>(),
        Operator<HannWindow>(),
        Operator<Hardmax>(),
        Operator<HardSigmoid>(),
        Operator<HardSwish>(),
        Entry<Hyperparameter>(),
        Operator<Identity>(),
        Operator<If>(),
        Operator<InstanceNormalization>(),
        Entry<LabelEncoder>(),
        Operator<LayerNormalization>(),
        Entry<LayerNormalizationGradient>(),
        Operator<IsInf>(),
        Operator<IsNaN>(),
        Operator<LeakyRelu>(),
        Operator<Less>(),
        Operator<LessOrEqual>(),
        Operator<LinearAttention>(),
        Operator<Log>(),
        Entry<LogitCrossEntropy>(),
        Operator<LogSoftmax>(),
        Operator<LpPool>(),
        Operator<LRN>(),
        Operator<Loop>(),
        Operator<LpNormalization>(),
        Operator<LSTM>(),
        Operator<MatMul>(),
        Operator<MatMulInteger>(),
        Operator<Max>(),
        Operator<MaxPool>(),
        Entry<MaxPoolGradient>(),
        Entry<MaxRoiPlaces>(),
        Operator<MaxRoiPool>(),
        Operator<MaxUnpool>(),
        Operator<Mean>(),
        Operator<MeanVarianceNormalization>(),
        Operator<MelWeightMatrix>(),
        Operator<Min>(),
        Operator<Mish>(),
        Operator<Mod>(),
        Operator<Momentum>(),
        Operator<Mul>(),
        Operator<Neg>(),
        Operator<NonMaxSuppression>(),
        Operator<NegativeLogLikelihoodLoss>(),
        Operator<NonZero>(),
        Operator<Not>(),
        Operator<OneHot>(),
        Operator<Or>(),
        Operator<Pad>(),
        Operator<Pow>(),
        Operator<PRelu>(),
        Operator<QLinearConv>(),
        Operator<QLinearMatMul>(),
        Operator<QuantizeLinear>(),
        Entry<RandomUniform>(),
        Operator<Range>(),
        Operator<Reciprocal>(),
        Operator<ReduceL1>(),
        Operator<ReduceL2>(),
        Operator<ReduceLogSum>(),
        Operator<ReduceLogSumExp>(),
        Operator<ReduceMax>(),
        Operator<ReduceMean>(),
        Operator<ReduceMin>(),
        Operator<ReduceProd>(),
        Operator<ReduceSum>(),
        Operator<ReduceSumSquare>(),
        Operator<RegexFullMatch>(),
        Operator<Relu>(),
        Operator<Reshape>(),
        Operator<RMSNormalization>(),
        Operator<ReverseSequence>(),
        Operator<RNN>(),
        Operator<RotaryEmbedding>(),
        Operator<Resize>("Upsample"),
        Operator<RoiAlign>(),
        Operator<Round>(),
        Operator<Scan>(),
        Operator<ScatterElements>("Scatter"),
        Operator<ScatterND>(),
        Operator<Selu>(),
        Operator<ShapeOf>(),
        Operator<Shrink>(),
        Operator<Sigmoid>(),
        Operator<Sign>(),
        Operator<Sin>(),
        Operator<Sinh>(),
        Operator<SizeOf>(),
        Operator<Slice>(),
        Operator<Softmax>(),
        Operator<SoftmaxCrossEntropyLoss>(),
        Operator<Softplus>(),
        Operator<Softsign>(),
        Operator<SpaceToDepth>(),
        Operator<Split>(),
        Operator<Sqrt>(),
        Entry<SquaredSech>(),
        Operator<Squeeze>(),
        Operator<STFT>(),
        Entry<StopGradient>(),
        Operator<StringConcat>(),
        Operator<StringNormalizer>(),
        Operator<StringSplit>(),
        Entry<Stack>(),
        Operator<Sub>(),
        Operator<Sum>(),
        Entry<SumTo>(),
        Operator<Swish>(),
        Operator<Tan>(),
        Operator<Tanh>(),
        Operator<TensorScatter>(),
        Operator<TfIdfVectorizer>(),
        Operator<ThresholdedRelu>(),
        Operator<Tile>(),
        Operator<TopK>(),
        Operator<Transpose>(),
        Operator<Trilu>(),
        Operator<Unique>(),
        Operator<Unsqueeze>(),
        Operator<Where>(),
        Operator<Xor>(),
    ];

    private static RegisteredOperation Operator<T>(params IReadOnlyList<string> formerNames)
        where T : Operation, IOperator =>
        new(typeof(T).Name, [.. T.Examples]) { OnnxName = T.OnnxName ?? typeof(T).Name, OnnxDomain = T.OnnxDomain, FormerNames = formerNames, FromOnnx = T.FromOnnx };

    private static RegisteredOperation Entry<T>()
        where T : Operation, IHasExamples => new(typeof(T).Name, [.. T.Examples]);
}
