using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;

namespace Toolkit.Autograd.Operations;

/// <summary>An operation of the registry.</summary>
/// <param name="Name">The name of the record.</param>
/// <param name="Examples">Its examples, from which its tests are generated.</param>
public sealed record RegisteredOperation(string Name, IReadOnlyList<Example> Examples);

/// <summary>Every operation, one line each. A test fails if one is missing; the battery of tests runs over all examples.</summary>
public static class OperationRegistry
{
    /// <summary>All operations, by name.</summary>
    public static IReadOnlyList<RegisteredOperation> All { get; } =
    [
        Entry<Abs>(),
        Entry<Add>(),
        Entry<And>(),
        Entry<ArgMax>(),
        Entry<AveragePool>(),
        Entry<AveragePoolGradient>(),
        Entry<Cast>(),
        Entry<Concat>(),
        Entry<Conv>(),
        Entry<ConvInputGradient>(),
        Entry<ConvWeightGradient>(),
        Entry<Cos>(),
        Entry<DimSize>(),
        Entry<Div>(),
        Entry<Equal>(),
        Entry<Erf>(),
        Entry<Exp>(),
        Entry<ExpM1>(),
        Entry<Expand>(),
        Entry<Gather>(),
        Entry<GatherGradient>(),
        Entry<Gemm>(),
        Entry<Greater>(),
        Entry<GreaterOrEqual>(),
        Entry<Identity>(),
        Entry<LeakyRelu>(),
        Entry<Less>(),
        Entry<LessOrEqual>(),
        Entry<Log>(),
        Entry<LogSoftmax>(),
        Entry<MatMul>(),
        Entry<Max>(),
        Entry<MaxPool>(),
        Entry<Min>(),
        Entry<Mul>(),
        Entry<Neg>(),
        Entry<Not>(),
        Entry<OneHot>(),
        Entry<Or>(),
        Entry<Pad>(),
        Entry<Pow>(),
        Entry<RandomUniform>(),
        Entry<ReduceMax>(),
        Entry<ReduceMean>(),
        Entry<ReduceMin>(),
        Entry<ReduceProd>(),
        Entry<ReduceSum>(),
        Entry<Relu>(),
        Entry<Reshape>(),
        Entry<Sigmoid>(),
        Entry<Sign>(),
        Entry<Sin>(),
        Entry<Slice>(),
        Entry<Softmax>(),
        Entry<SoftmaxCrossEntropyLoss>(),
        Entry<Softplus>(),
        Entry<Split>(),
        Entry<Sqrt>(),
        Entry<StopGradient>(),
        Entry<Sub>(),
        Entry<Tanh>(),
        Entry<Transpose>(),
        Entry<Where>(),
    ];

    private static RegisteredOperation Entry<T>()
        where T : Operation, IHasExamples => new(typeof(T).Name, [.. T.Examples]);
}
