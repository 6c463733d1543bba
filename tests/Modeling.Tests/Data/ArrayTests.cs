using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Data sets from arrays of two axes and from objects.</summary>
public sealed class ArrayTests
{
    private static readonly float[,] Rows = { { 1, 2 }, { 3, 4 }, { 5, 6 } };

    private static readonly Flat[] Flats = [new(40, 1, 0, 400), new(70, 3, 2, 650), new(55, 0, 1, 500)];

    [Fact]
    public void Rows_with_labels()
    {
        var data = Dataset.FromLabels(Rows, [2, 0, 1], 3, ["bay", "coast", "hill"]);
        Assert.Equal("3 × [2] → label of 3 classes", data.ToString());
        Assert.Equal([1f, 2, 3, 4, 5, 6], data.Features.ToArray());
        Assert.Equal([2L, 0, 1], data.Labels.ToArray());
        Assert.Equal(["bay", "coast", "hill"], data.ClassNames!);
        Assert.Equal([-1L, 0, 1], Dataset.FromLabels(Rows, [-1, 0, 1], 3, allowUnlabelled: true).Labels.ToArray());
    }

    [Fact]
    public void Rows_with_targets()
    {
        var data = Dataset.FromTargets(Rows, new float[,] { { 7 }, { 8 }, { 9 } });
        Assert.Equal("3 × [2] → target [1]", data.ToString());
        Assert.Equal([1f, 2, 3, 4, 5, 6], data.Features.ToArray());
        Assert.Equal([7f, 8, 9], data.Targets.ToArray());
        Assert.Equal([2], Dataset.FromTargets(new float[,] { { 7 }, { 8 }, { 9 } }, Rows).Layout.TargetShape);
    }

    [Fact]
    public void Objects_with_labels_or_targets()
    {
        var kinds = Dataset.FromObjects(Flats, flat => [flat.Size, flat.Floor], flat => flat.Kind, 3, ["bay", "coast", "hill"]);
        Assert.Equal([40f, 1, 70, 3, 55, 0], kinds.Features.ToArray());
        Assert.Equal([0L, 2, 1], kinds.Labels.ToArray());
        Assert.Equal(["bay", "coast", "hill"], kinds.ClassNames!);
        var rents = Dataset.FromObjects(Flats.Where(flat => flat.Size > 50), flat => [flat.Size, flat.Floor], flat => [flat.Rent]);
        Assert.Equal("2 × [2] → target [1]", rents.ToString());
        Assert.Equal([70f, 3, 55, 0], rents.Features.ToArray());
        Assert.Equal([650f, 500], rents.Targets.ToArray());
    }

    [Fact]
    public void Refusals_name_what_was_found()
    {
        Refused<ArgumentException>("Expected 3 labels for features [3, 2], found 2.", () => Dataset.FromLabels(Rows, [0, 1], 2));
        Refused<ArgumentException>("Expected features of at least one row and one column, found [0, 2].", () => Dataset.FromLabels(new float[0, 2], [], 2));
        Refused<ArgumentException>("Expected features of at least one row and one column, found [2, 0].", () => Dataset.FromTargets(new float[2, 0], Rows));
        Refused<ArgumentException>("Expected targets of at least one row and one column, found [3, 0].", () => Dataset.FromTargets(Rows, new float[3, 0]));
        Refused<ArgumentException>("Expected 3 rows of targets, as of features, found [2, 1].", () => Dataset.FromTargets(Rows, new float[2, 1]));
        Refused<DataException>("Row 1 (counted from 0) has the label 2; expected 0 to 1.", () => Dataset.FromLabels(Rows, [0, 2, 0], 2));
        Refused<DataException>("The targets hold NaN in row 1, column 0", () => Dataset.FromTargets(Rows, new[,] { { 1 }, { float.NaN }, { 1 } }));
        Refused<ArgumentException>("The data set is empty: expected at least one object.", () => Dataset.FromObjects(Flats.Take(0), flat => [flat.Size], flat => [flat.Rent]));
        Refused<ArgumentException>("Expected at least one number of targets for each object, found none for the first.", () => Dataset.FromObjects(Flats, flat => [flat.Size], _ => []));
        Refused<DataException>("Expected 1 features for each object, as for the first, found 2 for object 1", () => Dataset.FromObjects(Flats, flat => flat.Floor > 2 ? [1, 2] : [1], flat => flat.Kind, 3));
        Refused<DataException>("The features hold +∞ in row 0", () => Dataset.FromObjects(Flats, _ => [float.PositiveInfinity], flat => flat.Kind, 3));
    }

    private static void Refused<T>(string start, Func<Dataset> make)
        where T : Exception => Assert.StartsWith(start, Assert.Throws<T>(make).Message, StringComparison.Ordinal);

    private sealed record Flat(float Size, float Floor, long Kind, float Rent);
}
