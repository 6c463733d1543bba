using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Operators of ai.onnx.ml give the numbers and labels of ONNX Runtime, which reads the same node.</summary>
public class FeatureNodeTests
{
    private static readonly Value Rows = Value.Of([0.5f, -1.5f, 2f, 0f, 0f, 0f, -0.25f, 3f, 1f, 4f, -2f, 0.75f], 4, 3);
    private static readonly Value Gaps = Value.Of([0.5f, float.NaN, 2f, 0f, 7f, 0f, float.NaN, 3f, 1f, 4f, -2f, 0.75f], 4, 3);

    private static readonly string[] Transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"];

    // The leaves of two trees: of the first the nodes 1, 3 and 4, of the second 1 and 2.
    private static readonly long[] Zeros = [0, 0, 0, 0, 0], Ones = [1, 1, 1, 1, 1];
    private static readonly float[] Weights = [0.5f, -1f, 2f, 0.25f, -0.75f], Positive = [0.4f, 0.1f, 0.3f, 0.25f, 0.05f];

    private static readonly (long Tree, long Node)[] Leaves = [.. new[] { (0L, 1L), (0L, 3L), (0L, 4L), (1L, 1L), (1L, 2L) }.SelectMany(leaf => Enumerable.Repeat(leaf, 3))];

    private static readonly OneNode[] All =
    [
        Node("Binarizer").Of(Rows).With("threshold", 0.5f),
        Node("FeatureVectorizer").Of(Rows).Of([1f, 2f, 3f, 4f], 4, 1).With("inputdimensions", [3L, 1]),
        Node("FeatureVectorizer").Of([1f, 2f, 3f], 3).Of([4f], 1).With("inputdimensions", [3L, 1]),
        Node("Scaler").Of(Rows).With("offset", [1f, 2f, 3f]).With("scale", [0.5f, 1f, -2f]),
        Node("Normalizer").Of(Rows).With("norm", "MAX"),
        Node("Normalizer").Of(Rows).With("norm", "L1"),
        Node("Normalizer").Of(Rows).With("norm", "L2"),
        Node("Imputer").Of(Gaps).With("imputed_value_floats", [1f, 2f, 3f]).With("replaced_value_float", float.NaN),
        Node("Imputer").Of(Gaps).With("imputed_value_floats", [9f]).With("replaced_value_float", 7f),
        Node("Imputer").Of(Value.Of([1L, -1L, 4L], 1, 3)).With("imputed_value_int64s", [5L]).With("replaced_value_int64", -1).Gives(DataType.Int64),
        Node("ArrayFeatureExtractor").Of(Rows).Of(Value.Of([2L, 0L], 1, 2)),
        Node("OneHotEncoder").Of(Value.Of([3L, 1L, 7L], 3)).With("cats_int64s", [1L, 2L, 3L]),
        Node("OneHotEncoder").Of(Value.Of(["b", "a"], 2)).With("cats_strings", ["a", "b"]),
        Node("CategoryMapper").Of(Value.Of(["b", "c", "a"], 3)).With("cats_int64s", [4L, 5L]).With("cats_strings", ["a", "b"]).With("default_int64", -7).Gives(DataType.Int64),
        Node("CategoryMapper").Of(Value.Of([5L, 6L], 2)).With("cats_int64s", [4L, 5L]).With("cats_strings", ["a", "b"]).With("default_string", "none").Gives(DataType.String),
        Node("LabelEncoder", 2).Of(Value.Of(["b", "c"], 2)).With("keys_strings", ["a", "b"]).With("values_floats", [0.5f, 1.5f]).With("default_float", -2f),
        Node("LabelEncoder", 2).Of(Value.Of([2L, 9L], 2)).With("keys_int64s", [2L, 3L]).With("values_strings", ["two", "three"]).Gives(DataType.String),
        Node("LabelEncoder", 2).Of(Value.Of([float.NaN, 2f, 3f], 3)).With("keys_floats", [float.NaN, 2f]).With("values_int64s", [7L, 8L]).Gives(DataType.Int64),
        Node("LabelEncoder", 4).Of(Value.Of([float.NaN, 2f, 3f], 3)).With("keys_floats", [float.NaN, 2f]).With("values_int64s", [7L, 8L]).Gives(DataType.Int64),
        Node("LabelEncoder", 4).Of(Value.Of([2.0, 9.0], 2)).With("keys_tensor", Value.Of([2.0, 3.0], 2)).With("values_tensor", Value.Of([20.0, 30.0], 2)).With("default_tensor", Value.Of([-1.0], 1)).Gives(DataType.Double),
        Node("LinearRegressor").Of(Rows).With("coefficients", [0.5f, -1f, 2f, 1f, 1f, 1f]).With("intercepts", [0.25f, -0.5f]).With("targets", 2),
        Node("LinearRegressor").Of(Rows).With("coefficients", [0.5f, -1f, 2f, 1f, 1f, 1f]).With("targets", 2).With("post_transform", "LOGISTIC"),
        .. Transforms.Select(transform => Classifier("LinearClassifier", "classlabels_ints", 3).With("coefficients", [0.5f, -1f, 2f, 1f, 1f, 1f, -0.5f, 0.5f, 0f]).With("intercepts", [0.25f, -0.5f, 0f]).With("post_transform", transform)),
        Classifier("LinearClassifier", "classlabels_ints", 2).With("coefficients", [0.5f, -1f, 0.2f]).With("intercepts", [0.25f]).With("post_transform", "LOGISTIC"),
        Classifier("LinearClassifier", "classlabels_ints", 2).With("coefficients", [0.5f, -1f, 0.2f]).With("intercepts", [0.25f]),
        .. new[] { "LINEAR", "POLY", "RBF", "SIGMOID" }.Select(kernel => Vectors().With("kernel_type", kernel)),
        Vectors().With("kernel_type", "RBF").With("one_class", 1),
        Trees("TreeEnsembleRegressor", Rows).With("target_ids", Zeros).With("target_weights", Weights).With("n_targets", 1),
        Trees("TreeEnsembleRegressor", Gaps).With("target_ids", Zeros).With("target_weights", Weights).With("n_targets", 1).With("nodes_missing_value_tracks_true", [1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L]),
        .. new[] { "AVERAGE", "MIN", "MAX" }.Select(aggregate =>
            Trees("TreeEnsembleRegressor", Rows).With("target_ids", Zeros).With("target_weights", Weights).With("n_targets", 1).With("aggregate_function", aggregate).With("base_values", [0.5f])),
        Several("TreeEnsembleRegressor").With("n_targets", 3).With("base_values", [0.5f, 0f, -1f]).With("post_transform", "SOFTMAX"),
        .. Transforms.Select(transform => Several("TreeEnsembleClassifier").With("classlabels_int64s", [10L, 20L, 30L])
            .With("post_transform", transform).Gives(DataType.Int64, DataType.Float)),
        .. new[] { "NONE", "LOGISTIC" }.SelectMany(transform => new[] { Weights, Positive }.Select(weights => Trees("TreeEnsembleClassifier", Rows).With("class_ids", Zeros).With("class_weights", weights)
            .With("classlabels_strings", ["no", "yes"]).With("post_transform", transform).Gives(DataType.String, DataType.Float))),
        .. new[] { 0L, 1L, 2L, 3L }.Select(aggregate => Ensemble().With("aggregate_function", aggregate)),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_node_gives_the_numbers_and_labels_of_ONNX_Runtime(int row)
    {
        OneNode node = All[row];
        Value[] any = [Value.Zeros(DType.Float32), Value.Zeros(DType.Float32)];
        Value[] found = Function.Compile(OnnxModel.Load(node.Bytes(any)).Signature).Run(node.Arguments);

        // ONNX Runtime infers no shapes of these operators, so the file must say them.
        using OnnxSession session = OnnxSession.Load(node.Bytes(found));
        IReadOnlyList<Value> expected = session.Run(node.Arguments);
        Assert.Equal(expected.Count, found.Length);
        for (int i = 0; i < found.Length; i++)
        {
            if (expected[i].DType == DType.String)
                Assert.Equal(expected[i].Texts.ToArray(), found[i].Texts.ToArray());
            else
                Parity.Equal(expected[i], found[i], 1e-5, $"{node}, output {i}");
        }
    }

    /// <summary>Every operator of the standard's table is read.</summary>
    [Fact]
    public void All_operators_of_the_domain_are_read()
    {
        const string Domain = "ai.onnx.ml";
        string[] names = [.. StandardOperators.Names.Where(name => name.StartsWith(Domain, StringComparison.Ordinal)).Select(name => name[(Domain.Length + 1)..])];
        Assert.Contains("SVMClassifier", names);
        Assert.All(names, name => Assert.True(OperatorSet.Standard.Find(Domain, name) is not null, name));
    }

    /// <summary>A node that asks whether a feature is in a set goes where it says, as plain comparisons show.</summary>
    [Fact]
    public void Trees_ask_for_members_of_sets()
    {
        OneNode node = Node("TreeEnsemble", 5).Of([1f, 2f, 3f, 4f, float.NaN], 5, 1)
            .With("nodes_featureids", [0L]).With("nodes_modes", Value.Of([(byte)6], 1)).With("nodes_splits", Value.Of([0f], 1)).With("membership_values", Value.Of([1f, 4f, 9f, float.NaN], 4))
            .With("nodes_truenodeids", [0L]).With("nodes_trueleafs", [1L]).With("nodes_falsenodeids", [1L]).With("nodes_falseleafs", [1L])
            .With("tree_roots", [0L]).With("leaf_targetids", [0L, 0L]).With("leaf_weights", Value.Of([5f, -5f], 2)).With("n_targets", 1);
        Value[] found = Function.Compile(OnnxModel.Load(node.Bytes([Value.Zeros(DType.Float32, 5, 1)])).Signature).Run(node.Arguments);
        Assert.Equal([5f, -5f, -5f, 5f, -5f], found[0].ToArray<float>());
    }

    [Fact]
    public void Trees_that_make_no_sense_are_refused()
    {
        (OneNode Node, string Reason)[] rows =
        [
            (Trees("TreeEnsembleRegressor", Rows, second: 9).With("target_ids", Zeros).With("target_weights", Weights), "nodes that exist, found node 9 of tree 0"),
            (Trees("TreeEnsembleRegressor", Rows, second: 1).With("target_ids", Zeros).With("target_weights", Weights), "one first node for each tree"),
            (Round(), "goes round"),
            (Trees("TreeEnsembleRegressor", Rows).With("target_ids", [0L]).With("target_weights", Weights), "as many trees, nodes, targets and weights"),
            (Trees("TreeEnsembleRegressor", Value.Zeros(DType.Float32, 4, 2)).With("target_ids", Zeros).With("target_weights", Weights), "Expected 3 features"),
            (Trees("TreeEnsembleRegressor", Rows).With("target_ids", Ones).With("target_weights", Weights), "Expected targets from 0 to 0, found 1"),
        ];
        Assert.All(rows, row => Assert.Contains(row.Reason, Assert.Throws<ImportException>(() => OnnxModel.Load(row.Node.Bytes([Value.Zeros(DType.Float32, 4, 1)]))).Message, StringComparison.Ordinal));
    }

    private static OneNode Node(string op, int version = 1) => new OneNode(op, 17).In("ai.onnx.ml", version);

    /// <summary>A node that is its own child.</summary>
    private static OneNode Round() => Node("TreeEnsemble", 5).Of(Rows)
        .With("nodes_featureids", [0L]).With("nodes_modes", Value.Of([(byte)0], 1)).With("nodes_splits", Value.Of([0f], 1))
        .With("nodes_truenodeids", [0L]).With("nodes_trueleafs", [0L]).With("nodes_falsenodeids", [0L]).With("nodes_falseleafs", [1L])
        .With("tree_roots", [0L]).With("leaf_targetids", [0L]).With("leaf_weights", Value.Of([1f], 1)).With("n_targets", 1);

    private static OneNode Classifier(string op, string labels, int count) =>
        Node(op).Of(Rows).With(labels, [.. Enumerable.Range(0, count).Select(i => 10L * (i + 1))]).Gives(DataType.Int64, DataType.Float);

    private static OneNode Vectors() => Node("SVMRegressor").Of(Rows).With("coefficients", [0.5f, -0.25f]).With("support_vectors", [1f, 0f, -1f, 0.5f, 0.5f, 2f])
        .With("kernel_params", [0.3f, 0.5f, 2f]).With("n_supports", 2).With("rho", [0.125f]);

    /// <summary>Two trees: x₀ ≤ 0.25, and behind it x₁ ≤ −0.5; x₂ ≤ 0.9.</summary>
    private static OneNode Trees(string op, Value x, long second = 2) => Nodes(op, x, second)
        .With($"{Kind(op)}_treeids", [0L, 0L, 0L, 1L, 1L]).With($"{Kind(op)}_nodeids", [1L, 3L, 4L, 1L, 2L]);

    /// <summary>The same trees with three numbers at each leaf: ONNX Runtime leaves a class out that no leaf speaks of.</summary>
    private static OneNode Several(string op) => Nodes(op, Rows, 2)
        .With($"{Kind(op)}_treeids", [.. Leaves.Select(leaf => leaf.Tree)]).With($"{Kind(op)}_nodeids", [.. Leaves.Select(leaf => leaf.Node)])
        .With($"{Kind(op)}_ids", [.. Leaves.Select((_, i) => i % 3L)]).With($"{Kind(op)}_weights", [.. Leaves.Select((_, i) => MathF.Sin(i + 1))]);

    private static OneNode Nodes(string op, Value x, long second) => Node(op).Of(x)
        .With("nodes_treeids", [0L, 0L, 0L, 0L, 0L, 1L, 1L, 1L]).With("nodes_nodeids", [0L, 1L, 2L, 3L, 4L, 0L, 1L, 2L]).With("nodes_featureids", [0L, 0L, 1L, 0L, 0L, 2L, 0L, 0L])
        .With("nodes_modes", ["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"]).With("nodes_values", [0.25f, 0f, -0.5f, 0f, 0f, 0.9f, 0f, 0f])
        .With("nodes_truenodeids", [1L, 0L, 3L, 0L, 0L, 1L, 0L, 0L]).With("nodes_falsenodeids", [second, 0L, 4L, 0L, 0L, 2L, 0L, 0L]);

    private static string Kind(string op) => op.EndsWith("Regressor", StringComparison.Ordinal) ? "target" : "class";

    /// <summary>Two trees in the form of version 5, with all six comparisons.</summary>
    private static OneNode Ensemble() => Node("TreeEnsemble", 5).Of(Rows)
        .With("nodes_featureids", [0L, 1L, 2L, 0L, 1L, 2L]).With("nodes_modes", Value.Of([(byte)0, (byte)1, (byte)2, (byte)3, (byte)4, (byte)5], 6))
        .With("nodes_splits", Value.Of([0.5f, 0f, 1f, 2f, -2f, 1f], 6))
        .With("nodes_truenodeids", [1L, 0L, 1L, 4L, 2L, 3L]).With("nodes_trueleafs", [0L, 1L, 1L, 0L, 1L, 1L])
        .With("nodes_falsenodeids", [2L, 1L, 5L, 3L, 4L, 0L]).With("nodes_falseleafs", [0L, 1L, 0L, 1L, 1L, 1L])
        .With("tree_roots", [0L, 3L]).With("leaf_targetids", [0L, 1L, 0L, 1L, 0L]).With("leaf_weights", Value.Of([1f, -2f, 3f, 0.5f, -0.25f], 5)).With("n_targets", 2);
}
