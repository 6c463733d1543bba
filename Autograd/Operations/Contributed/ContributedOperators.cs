using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Operations.Contributed;

/// <summary>
/// Operators of the domain <c>com.microsoft</c> that ONNX Runtime leaves in files it has optimized or quantized, and those that it has put into the standard domain. Each is read as the
/// operations that it stands for, so that it is differentiated, trained and written like them.
/// </summary>
internal static class ContributedOperators
{
    /// <summary>The domain.</summary>
    public const string Domain = "com.microsoft";

    /// <summary>What applies a node, by domain and operator.</summary>
    public static IEnumerable<KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>>> All { get; } =
    [
        Of("Attention", ContributedAttention.Packed),
        Of("BiasGelu", ContributedActivations.BiasGelu),
        Of("DequantizeLinear", ContributedQuantization.Dequantize),
        Of("DynamicQuantizeMatMul", ContributedQuantizedProducts.Dynamic),
        Of("EmbedLayerNormalization", ContributedNormalizations.Embedded),
        Of("FastGelu", ContributedActivations.FastGelu),
        Of("FusedConv", ContributedProducts.Conv),
        Of("FusedGemm", ContributedProducts.Gemm),
        Of("FusedMatMul", ContributedProducts.MatMul),
        Of("Gelu", ContributedActivations.Gelu),
        Of("MatMulIntegerToFloat", ContributedQuantizedProducts.ToFloat),
        Of("MultiHeadAttention", ContributedAttention.Separate),
        Of("QAttention", ContributedAttention.Quantized),
        Of("QGemm", ContributedQuantizedProducts.Gemm),
        Of("QLinearAdd", ContributedQuantization.Add),
        Of("QLinearAveragePool", ContributedQuantization.AveragePool),
        Of("QLinearConcat", ContributedQuantization.Concat),
        Of("QLinearConv", ContributedQuantizedProducts.Conv),
        Of("QLinearGlobalAveragePool", ContributedQuantization.GlobalAveragePool),
        Of("QLinearLeakyRelu", ContributedQuantization.LeakyRelu),
        Of("QLinearMul", ContributedQuantization.Mul),
        Of("QLinearSigmoid", ContributedQuantization.Sigmoid),
        Of("QLinearSoftmax", ContributedQuantization.Softmax),
        Of("QLinearWhere", ContributedQuantization.Where),
        Of("QuantizeLinear", ContributedQuantization.Quantize),
        Of("QuickGelu", ContributedActivations.QuickGelu),
        Of("SkipLayerNormalization", ContributedNormalizations.Skip),
        Of("SkipSimplifiedLayerNormalization", ContributedNormalizations.SkipSimplified),
        Of("SimplifiedLayerNormalization", ContributedNormalizations.Simplified),
        KeyValuePair.Create<(string, string), Func<OnnxNode, IReadOnlyList<Variable>>>((string.Empty, "SimplifiedLayerNormalization"), ContributedNormalizations.Simplified),
    ];

    private static KeyValuePair<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>> Of(string name, Func<OnnxNode, IReadOnlyList<Variable>> apply) => new((Domain, name), apply);
}
