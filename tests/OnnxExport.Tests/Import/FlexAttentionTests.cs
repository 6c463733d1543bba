using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;
using static Toolkit.OnnxExport.Tests.Import.SequenceModel;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>The attention of ai.onnx.preview with graphs that change products and shares, against plain loops.</summary>
public class FlexAttentionTests
{
    private const int Heads = 4, KeyHeads = 2, Queries = 3, Keys = 5, Size = 2;

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, false, null)]
    [InlineData(true, true, 0.3f)]
    public void Graphs_change_products_and_shares(bool changesScores, bool changesShares, float? scale)
    {
        Value q = Numbers(1, 1, Heads, Queries, Size), k = Numbers(2, 1, KeyHeads, Keys, Size), v = Numbers(3, 1, KeyHeads, Keys, Size);
        OneNode node = new OneNode("FlexAttention", 23).In("ai.onnx.preview").Of(q).Of(k).Of(v);
        if (changesScores)
            node.With("score_mod", Graph("score_mod", "scores", "bent", Node("Tanh", "scores", "bent")).G);
        if (changesShares)
            node.With("prob_mod", Graph("prob_mod", "shares", "squared", Node("Mul", "shares shares", "squared")).G);
        if (scale is { } given)
            node.With("scale", given);
        Value found = Function.Compile(OnnxModel.Load(node.Bytes([Value.Zeros(DType.Float32, 1, Heads, Queries, Size)])).Signature).Run(node.Arguments)[0];
        for (int head = 0; head < Heads; head++)
        {
            for (int query = 0; query < Queries; query++)
            {
                int shared = head / (Heads / KeyHeads);
                double[] scores = [.. Enumerable.Range(0, Keys).Select(key =>
                {
                    double product = Enumerable.Range(0, Size).Sum(i => (double)q[(((head * Queries) + query) * Size) + i] * k[(((shared * Keys) + key) * Size) + i]) * (scale ?? 1 / Math.Sqrt(Size));
                    return Math.Exp(changesScores ? Math.Tanh(product) : product);
                })];
                for (int i = 0; i < Size; i++)
                {
                    double expected = Enumerable.Range(0, Keys).Sum(key => Math.Pow(scores[key] / scores.Sum(), changesShares ? 2 : 1) * v[(((shared * Keys) + key) * Size) + i]);
                    Assert.Equal(expected, found[(((head * Queries) + query) * Size) + i], 1e-5);
                }
            }
        }
    }

    private static Value Numbers(int seed, params int[] sizes)
    {
        var random = new Random(seed);
        return Value.Of([.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(_ => (float)((4 * random.NextDouble()) - 2))], sizes);
    }
}
