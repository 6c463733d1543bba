using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the random numbers compute, in plain loops over doubles.</summary>
internal static class RandomReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        // The examples keep everything: in inference, and in training with the ratio 0.
        [typeof(Dropout)] = (_, x) => [Array64.Make(x[0].Sizes, i => x[0][i]), Array64.Make(x[0].Sizes, _ => 1)],
        [typeof(RandomUniform)] = (o, x) => [PhiloxOf((RandomUniform)o, (uint)x[0].Data[0], (uint)x[1].Data[0], [.. x[2].Data.Select(size => (int)size)])],
    };

    private static Array64 PhiloxOf(RandomUniform o, uint key, uint counter, int[] sizes)
    {
        var result = new Array64(sizes);
        for (int i = 0; i < result.Data.Length; i++)
        {
            (uint[] c, uint k0, uint k1) = (o.Type == DType.Float32 ? [(uint)i / 4, 0, counter, 0] : [(uint)i / 2, 0, counter, 0], key, 0);
            for (int round = 0; round < 10; round++)
            {
                ulong first = 0xD2511F53ul * c[0];
                ulong second = 0xCD9E8D57ul * c[2];
                c = [(uint)(second >> 32) ^ c[1] ^ k0, (uint)second, (uint)(first >> 32) ^ c[3] ^ k1, (uint)first];
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }

            result.Data[i] = o.Type == DType.Float32
                ? (c[i % 4] >> 8) / 16777216.0
                : ((c[(2 * i) % 4] + ((ulong)c[((2 * i) + 1) % 4] << 32)) >> 11) / 9007199254740992.0;
        }

        return result;
    }
}
