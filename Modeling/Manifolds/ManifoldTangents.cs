using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Modules;
using Numbers = Toolkit.Modeling.Optimizers.FullBatch.Vectors;

namespace Toolkit.Modeling.Manifolds;

/// <summary>
/// The directions in which the code of an encoder changes most at each example: the first right singular vectors of its Jacobian J = ∂h/∂x. For a contractive
/// autoencoder they span the tangent plane of the manifold near which examples lie. Source: book section 7.14 (manifold tangent classifier); Rifai, Dauphin,
/// Vincent, Bengio, Muller, "The manifold tangent classifier", 2011.
/// </summary>
/// <remarks>
/// J itself is never formed: some random directions and a few steps V ← orthonormal(JᵀJV), by products with J and its transpose, and the singular values of J
/// within V at the end (Halko, Martinsson, Tropp 2011). Exact up to rounding where there are at least as many directions as features; otherwise good where singular values fall off.
/// </remarks>
public sealed class ManifoldTangents
{
    private const int BatchSize = 128;

    private readonly float[] vectors;
    private readonly float[] values;

    private ManifoldTangents(int count, int length, float[] vectors, float[] values)
    {
        Count = count;
        Length = length;
        this.vectors = vectors;
        this.values = values;
    }

    /// <summary>The number of tangents of an example.</summary>
    public int Count { get; }

    /// <summary>The number of features of an example.</summary>
    public int Length { get; }

    /// <summary>The number of examples.</summary>
    public int Examples => values.Length / Count;

    /// <summary>The tangents, example after example, each of length 1, those of one example orthogonal: Examples × <see cref="Count"/> × <see cref="Length"/>
    /// numbers.</summary>
    public ReadOnlyMemory<float> Vectors => vectors;

    /// <summary>The singular values, in descending order for each example: how much the code changes along each tangent.</summary>
    public ReadOnlyMemory<float> SingularValues => values;

    /// <summary>Computes the tangents of an encoder at some examples.</summary>
    /// <param name="encoder">The encoder, at inference; examples must not depend on each other.</param>
    /// <param name="data">The examples.</param>
    /// <param name="count">The number of tangents, from 1 to the number of features.</param>
    /// <param name="extra">How many random directions beyond those that are wanted, at least 0; 5 by default.</param>
    /// <param name="rounds">The number of steps of the iteration, at least 1; 4 by default.</param>
    /// <param name="seed">The seed of the random directions; 0 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">The derivatives of the encoder are not finite.</exception>
    public static ManifoldTangents Of(Module encoder, Dataset data, int count, int extra = 5, int rounds = 4, ulong seed = 0)
    {
        int length = data.Layout.FeatureLength;
        if (count < 1 || count > length)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Expected between 1 and {length} tangents for {length} features, found {count}.");
        int directions = Math.Min(length, count + Settings.AtLeastZero(extra));
        Settings.AtLeastOne(rounds);
        var products = new Products(encoder, data.Layout);
        var vectors = new float[data.Count * count * length];
        var values = new float[data.Count * count];
        int first = 0;
        foreach (Batch batch in data.Batches(new BatchOptions { Size = BatchSize }))
        {
            int at = first, examples = batch.Count;
            double[][][] v = [.. Enumerable.Range(0, examples).Select(i => Random(directions, length, new RandomSource(seed).Fork("tangents").Fork(at + i)))];
            for (int round = 0; round < rounds && directions < length; round++)
            {
                products.Apply(products.Squared, batch.Features, v);
                Parallel.For(0, examples, i => Orthonormalize(v[i]));
            }

            double[][][] images = [.. v.Select(own => own.ToArray())];
            products.Apply(products.Jacobian, batch.Features, images);
            Parallel.For(0, examples, i =>
            {
                (_, double[] s, double[][] turned) = Linear.SingularValues.Of(images[i]);
                for (int k = 0; k < count; k++)
                {
                    values[((at + i) * count) + k] = (float)s[k];
                    for (int j = 0; j < length; j++)
                        vectors[((((at + i) * count) + k) * length) + j] = (float)Enumerable.Range(0, directions).Sum(d => turned[k][d] * v[i][d][j]);
                }
            });
            first += examples;
        }

        return Finite.All<float>(values) && Finite.All<float>(vectors) ? new(count, length, vectors, values) : throw new InvalidOperationException(
            "Expected an encoder whose derivatives are finite at the examples, found NaN or infinity among its tangents.");
    }

    private static double[][] Random(int directions, int length, RandomSource random)
    {
        double[][] v = [.. Enumerable.Range(0, directions).Select(_ => Enumerable.Range(0, length).Select(_ => random.NextNormal()).ToArray())];
        Orthonormalize(v);
        return v;
    }

    /// <summary>Gram and Schmidt, twice. A direction that depends on those before it becomes 0, and stays so: the Jacobian has no more.</summary>
    private static void Orthonormalize(double[][] v)
    {
        double greatest = v.Max(own => Numbers.Norm(own));
        for (int i = 0; i < v.Length; i++)
        {
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                    v[i] = Numbers.Along(v[i], -Numbers.Dot(v[i], v[j]), v[j]);
            }

            double norm = Numbers.Norm(v[i]);
            v[i] = norm > 1e-7 * greatest ? Numbers.Scaled(1.0 / norm, v[i]) : new double[v[i].Length];
        }
    }

    /// <summary>v → Jv and v → JᵀJv for a batch of examples, one direction each at a time.</summary>
    private sealed class Products
    {
        private readonly DataLayout layout;

        public Products(Module encoder, DataLayout layout)
        {
            this.layout = layout;
            Shape shape = ["batch", .. layout.FeatureShape.Select(size => (Dim)size)];
            Variable x = Variable.Input("x", DType.Float32, shape), v = Variable.Input("v", DType.Float32, shape);
            Variable h = encoder.Forward(x, new ForwardContext(Mode.Inference));
            Variable image = Gradient.PushForward(h, x, v);
            Jacobian = Function.Compile([x, v], [image]);
            Squared = Function.Compile([x, v], [Gradient.Of((h * image.StopGradient()).Sum(), x)]);
        }

        public Function Jacobian { get; }

        public Function Squared { get; }

        /// <summary>Replaces direction by direction of each example by its product.</summary>
        public void Apply(Function product, Value x, double[][][] v)
        {
            Value direction = Value.Zeros(DType.Float32, [v.Length, .. layout.FeatureShape]);
            for (int d = 0; d < v[0].Length; d++)
            {
                Span<float> to = direction.Span<float>();
                for (int i = 0; i < v.Length; i++)
                {
                    for (int j = 0; j < layout.FeatureLength; j++)
                        to[(i * layout.FeatureLength) + j] = (float)v[i][d][j];
                }

                Value result = product.Run(x, direction)[0];
                int length = result.Count / v.Length;
                for (int i = 0; i < v.Length; i++)
                    v[i][d] = [.. result.Span<float>().Slice(i * length, length).ToArray().Select(number => (double)number)];
            }
        }
    }
}
