namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class BoostedMasks : SmallDigits
{
    public override string Name => "dropout-boosting";

    public override string Source => "Dropout boosting, the control of dropout: the same masks without its effect, book 7.12 (Warde-Farley et al. 2014)";

    public override string Settings =>
        "500 optical digits, 64-256-256-10 rectifiers; masks of 0.2 on inputs and 0.5 on hidden units; batches of 50; rate 0.02 → 0, momentum 0.9, for all three; mean over 5 seeds, each with a draw of its own";

    public override int Epochs => 300;

    protected override int Seeds => 5;

    protected override int? Examples => 500;

    /// <summary>A rate at which the noise of boosting does not build up: its masks multiply the step, but not the prediction that the step corrects.</summary>
    protected override double Rate(string kind) => 0.02;

    protected override IEnumerable<(string Kind, string Published)> Kinds =>
        [("plain", ""), ("dropout of inputs too", "less than plain"), ("dropout boosting", "as plain, within a standard error (0.6)")];
}
