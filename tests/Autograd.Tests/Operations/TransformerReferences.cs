using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Transformers;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Attention and what stands beside it as loops over examples, heads, queries and keys.</summary>
internal static class TransformerReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Attention)] = (o, x) => Attend(((Attention)o).Options, x),
        [typeof(RotaryEmbedding)] = (o, x) => [Rotate((RotaryEmbedding)o, x[0], x[1], x[2], x.ElementAtOrDefault(3))],
        [typeof(LinearAttention)] = (o, x) => Recur((LinearAttention)o, x),
        [typeof(CausalConvWithState)] = (o, x) => LookBack((CausalConvWithState)o, x[0], x[1], x.ElementAtOrDefault(2), x.ElementAtOrDefault(3)),
    };

    private static Array64[] Attend(AttentionOptions o, Array64[] x)
    {
        bool isPacked = x[0].Sizes.Length == 3;
        Array64 q = Apart(x[0], o.QueryHeads), k = Behind(x.ElementAtOrDefault(4), Apart(x[1], o.KeyHeads)), v = Behind(x.ElementAtOrDefault(5), Apart(x[2], o.KeyHeads));
        Array64? mask = x.ElementAtOrDefault(3);
        int past = k.Sizes[2] - Apart(x[1], o.KeyHeads).Sizes[2], size = q.Sizes[3], shared = q.Sizes[1] / k.Sizes[1];
        double scale = o.Scale ?? (1 / Math.Sqrt(size));
        var y = new Array64([q.Sizes[0], q.Sizes[1], q.Sizes[2], v.Sizes[3]]);
        Array64 products = new([q.Sizes[0], q.Sizes[1], q.Sizes[2], k.Sizes[2]]), shares = new(products.Sizes), capped = new(products.Sizes), masked = new(products.Sizes);
        for (int row = 0; row < products.Data.Length / k.Sizes[2]; row++)
        {
            int[] at = q.Index(row * size);
            double sum = 0;
            for (int key = 0; key < k.Sizes[2]; key++)
            {
                double product = 0;
                for (int e = 0; e < size; e++)
                    product += scale * q[at[0], at[1], at[2], e] * k[at[0], at[1] / shared, key, e];
                int flat = products.Flat(at[0], at[1], at[2], key);
                products.Data[flat] = product;
                capped.Data[flat] = o.Softcap > 0 ? o.Softcap * Math.Tanh(product / o.Softcap) : product;
                bool isHidden = o.IsCausal && key > at[2] + past;
                masked.Data[flat] = isHidden ? double.NegativeInfinity : capped.Data[flat] + (mask is null ? 0 : mask[at[0], at[1], at[2], key]);
                sum += Math.Exp(masked.Data[flat]);
            }

            for (int key = 0; key < k.Sizes[2]; key++)
            {
                int flat = products.Flat(at[0], at[1], at[2], key);
                shares.Data[flat] = Math.Exp(masked.Data[flat]) / sum;
                for (int e = 0; e < v.Sizes[3]; e++)
                    y.Data[y.Flat(at[0], at[1], at[2], e)] += shares.Data[flat] * v[at[0], at[1] / shared, key, e];
            }
        }

        return [isPacked ? Together(y) : y, k, v, new[] { products, capped, masked, shares }[o.ProductsMode]];
    }

    private static Array64 Rotate(RotaryEmbedding o, Array64 input, Array64 cos, Array64 sin, Array64? places)
    {
        Array64 x = Apart(input, o.Heads);
        int turned = o.Turned == 0 ? x.Sizes[3] : o.Turned;
        Array64 y = Array64.Make(x.Sizes, at =>
        {
            if (at[3] >= turned)
                return x[at];
            int pair = o.Interleaved ? at[3] / 2 : at[3] % (turned / 2);
            bool isFirst = o.Interleaved ? at[3] % 2 == 0 : at[3] < turned / 2;
            double Angle(Array64 table) => places is null ? table[at[0], at[2], pair] : table[(int)places[at[0], at[2]], pair];
            double Other(int distance) => x[at[0], at[1], at[2], at[3] + distance];
            int apart = o.Interleaved ? 1 : turned / 2;
            return isFirst ? (x[at] * Angle(cos)) - (Other(apart) * Angle(sin)) : (Other(-apart) * Angle(sin)) + (x[at] * Angle(cos));
        });
        return input.Sizes.Length == 3 ? Together(y) : y;
    }

    private static Array64[] Recur(LinearAttention o, Array64[] x)
    {
        Array64 q = Apart(x[0], o.QueryHeads), k = Apart(x[1], o.KeyHeads), v = Apart(x[2], o.KeyHeads);
        (int batch, int time, int size, int width) = (q.Sizes[0], q.Sizes[2], q.Sizes[3], v.Sizes[3]);
        bool isGated = o.Rule is LinearAttentionRule.Gated or LinearAttentionRule.GatedDelta, isDelta = o.Rule is LinearAttentionRule.Delta or LinearAttentionRule.GatedDelta;
        double scale = o.Scale == 0 ? 1 / Math.Sqrt(size) : o.Scale;
        var state = new Array64([batch, o.KeyHeads, size, width]);
        x.ElementAtOrDefault(3)?.Data.CopyTo(state.Data, 0);
        Array64? gate = isGated ? Apart(x[4], o.KeyHeads) : null, rate = isDelta ? x[5] : null;
        var y = new Array64([batch, o.QueryHeads, time, width]);
        for (int n = 0; n < batch; n++)
        {
            for (int head = 0; head < o.KeyHeads; head++)
            {
                for (int t = 0; t < time; t++)
                {
                    for (int j = 0; j < width; j++)
                    {
                        double kept = 0;
                        for (int i = 0; i < size; i++)
                        {
                            int at = state.Flat(n, head, i, j);
                            state.Data[at] *= gate is null ? 1 : Math.Exp(gate[n, head, t, Math.Min(i, gate.Sizes[3] - 1)]);
                            kept += state.Data[at] * k[n, head, t, i];
                        }

                        double change = rate is null ? v[n, head, t, j] : rate[n, t, Math.Min(head, rate.Sizes[2] - 1)] * (v[n, head, t, j] - kept);
                        for (int i = 0; i < size; i++)
                            state.Data[state.Flat(n, head, i, j)] += k[n, head, t, i] * change;
                        for (int query = head * o.QueryHeads / o.KeyHeads; query < (head + 1) * o.QueryHeads / o.KeyHeads; query++)
                        {
                            for (int i = 0; i < size; i++)
                                y.Data[y.Flat(n, query, t, j)] += scale * q[n, query, t, i] * state[n, head, i, j];
                        }
                    }
                }
            }
        }

        return [Together(y), state];
    }

    private static Array64[] LookBack(CausalConvWithState o, Array64 x, Array64 w, Array64? bias, Array64? past)
    {
        int before = w.Sizes[2] - 1, time = x.Sizes[2];
        double At(int n, int c, int t) => t >= 0 ? x[n, c, t] : past is null ? 0 : past[n, c, t + before];
        Array64 y = Array64.Make(x.Sizes, at =>
        {
            double sum = bias?.Data[at[1]] ?? 0;
            for (int i = 0; i <= before; i++)
                sum += w[at[1], 0, i] * At(at[0], at[1], at[2] - before + i);
            return o.Silu ? sum / (1 + Math.Exp(-sum)) : sum;
        });
        return [y, Array64.Make([x.Sizes[0], x.Sizes[1], before], at => At(at[0], at[1], time - before + at[2]))];
    }

    private static Array64 Apart(Array64 x, int? heads) => x.Sizes.Length == 4
        ? x
        : Array64.Make([x.Sizes[0], heads!.Value, x.Sizes[1], x.Sizes[2] / heads.Value], at => x[at[0], at[2], (at[1] * (x.Sizes[2] / heads.Value)) + at[3]]);

    private static Array64 Together(Array64 x) => Array64.Make(
        [x.Sizes[0], x.Sizes[2], x.Sizes[1] * x.Sizes[3]], at => x[at[0], at[2] / x.Sizes[3], at[1], at[2] % x.Sizes[3]]);

    private static Array64 Behind(Array64? past, Array64 now) => past is null
        ? now
        : Array64.Make(
            [now.Sizes[0], now.Sizes[1], past.Sizes[2] + now.Sizes[2], now.Sizes[3]],
            at => at[2] < past.Sizes[2] ? past[at] : now[at[0], at[1], at[2] - past.Sizes[2], at[3]]);
}
