namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class AllDigits : SmallDigits
{
    public override string Name => "all-digits";

    public override string Source => "All optical digits with and without regularizers, clean and under the fast gradient sign attack, book 7.13";

    public override int Epochs => 60;

    protected override int Seeds => 5;

    protected override int? Examples => null;

    protected override bool Attack => true;

    protected override IEnumerable<(string Kind, string Published)> Kinds =>
    [
        ("plain", "2.89 (0.27), attacked 52.7"), ("L2", "2.99"), ("DropConnect", "2.78"), ("dropout", "3.01, attacked 29.8"),
        ("label smoothing", "1.61 (0.11)"), ("noise 0.2", "1.67 (0.17), attacked 26.2"), ("adversarial", "1.35 (0.16), attacked 15.9"),
    ];
}
